// SPDX-License-Identifier: MIT
// The ETSI plugtest resources, with libcoap's client: each test description (TD_COAP_…) by its name.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EtsiServer, serveEtsi } from "../../host/etsi.ts";
import { LARGE } from "../../host/etsi-blocks.ts";
import { coapClient, freePort } from "../support/processes.ts";
import { katydid } from "../support/simulation.ts";

const folder = mkdtempSync(join(tmpdir(), "katydid-etsi-"));
const BODY = "abcdefghijklmnopqrstuvwxyz".repeat(60);
let server: EtsiServer;

beforeAll(() => {
	server = serveEtsi({ port: 0, address: "127.0.0.1", onError: console.error });
	writeFileSync(join(folder, "body"), BODY);
});

afterAll(() => {
	server.close();
	rmSync(folder, { recursive: true });
});

/** The messages both ways when libcoap's client asks once, a line each. */
async function talk(path: string, ...parameters: string[]): Promise<string> {
	const client = coapClient("-v", "7", ...parameters, `coap://127.0.0.1:${server.port}/${path}`);
	await client.ended;
	return [...client.output.all, ...client.errors.all].filter((line) => line.startsWith("v:1 ")).join("\n");
}

/** The payload that it gets. */
async function read(path: string): Promise<string> {
	const client = coapClient("-m", "get", `coap://127.0.0.1:${server.port}/${path}`);
	await client.ended;
	return client.output.all.join("\n").trim();
}

const body = ["-f", join(folder, "body")];

const ROWS: [name: string, path: string, parameters: string[], messages: RegExp][] = [
	["TD_COAP_CORE_01: GET, CON", "test", ["-m", "get"], /t:ACK c:2\.05 .*Content-Format:text\/plain/],
	["TD_COAP_CORE_02: DELETE, CON", "test", ["-m", "delete"], /t:ACK c:2\.02/],
	["TD_COAP_CORE_03: PUT, CON", "test", ["-m", "put", "-e", "x"], /t:ACK c:2\.04/],
	["TD_COAP_CORE_04: POST, CON", "test", ["-m", "post", "-e", "x"], /t:ACK c:2\.01/],
	["TD_COAP_CORE_05: GET, NON", "test", ["-N", "-m", "get"], /t:NON c:2\.05/],
	["TD_COAP_CORE_06: DELETE, NON", "test", ["-N", "-m", "delete"], /t:NON c:2\.02/],
	["TD_COAP_CORE_07: PUT, NON", "test", ["-N", "-m", "put", "-e", "x"], /t:NON c:2\.04/],
	["TD_COAP_CORE_08: POST, NON", "test", ["-N", "-m", "post", "-e", "x"], /t:NON c:2\.01/],
	["TD_COAP_CORE_09: GET, separate response", "separate", ["-m", "get"], /t:ACK c:0\.00(.|\n)*t:CON c:2\.05/],
	["TD_COAP_CORE_10: GET with a token", "test", ["-T", "abcd", "-m", "get"], /t:ACK c:2\.05 i:\w+ \{61626365\}/],
	["TD_COAP_CORE_13: several Uri-Path", "seg1/seg2/seg3", ["-m", "get"], /c:2\.05/],
	["TD_COAP_CORE_14: several Uri-Query", "query?first=1&second=2", ["-m", "get"], /c:2\.05 .*first=1/],
	["TD_COAP_CORE_17: separate response, NON", "separate", ["-N", "-m", "get"], /t:NON c:2\.05/],
	[
		"TD_COAP_CORE_18: several Location-Path",
		"test",
		["-m", "post", "-e", "x"],
		/Location-Path:location1, Location-Path:location2, Location-Path:location3/,
	],
	[
		"TD_COAP_CORE_19: several Location-Query",
		"location-query",
		["-m", "post"],
		/c:2\.01 .*Location-Query:first=1, Location-Query:second=2/,
	],
	["TD_COAP_CORE_20: Accept text", "multi-format", ["-A", "0", "-m", "get"], /c:2\.05 .*Content-Format:text\/plain/],
	[
		"TD_COAP_CORE_20: Accept XML",
		"multi-format",
		["-A", "41", "-m", "get"],
		/c:2\.05 .*Content-Format:application\/xml/,
	],
	["TD_COAP_CORE_20: Accept JSON", "multi-format", ["-A", "50", "-m", "get"], /c:4\.06/],
	["TD_COAP_BLOCK_01: GET in blocks of 64", "large", ["-b", "64", "-m", "get"], /Block2:19\/_\/64/],
	["TD_COAP_BLOCK_02: GET, late negotiation", "large", ["-m", "get"], /Block2:1\/_\/1024/],
	["TD_COAP_BLOCK_03: PUT in blocks", "large-update", ["-b", "64", "-m", "put", ...body], /c:2\.04 .*Block1:24\/_\/64/],
	[
		"TD_COAP_BLOCK_04: POST in blocks",
		"large-create",
		["-b", "64", "-m", "post", ...body],
		/c:2\.01 .*Location-Path:large-create, Block1:24\/_\/64/,
	],
	[
		"TD_COAP_BLOCK_05: POST in blocks both ways",
		"large-post",
		["-b", "64", "-m", "post", ...body],
		/Block2:0\/M\/1024, Block1:24\/_\/64(.|\n)*c:2\.04 .*Block2:1\/_\/1024/,
	],
];

describe("libcoap's client", () => {
	for (const [name, path, parameters, messages] of ROWS)
		test(name, async () => expect(await talk(path, ...parameters)).toMatch(messages));

	test("TD_COAP_CORE_21: ETag", async () => {
		const messages = await talk("validate", "-m", "get");
		const etag = /ETag:(0x\w+)/.exec(messages)![1]!;
		expect(await talk("validate", "-m", "get", "-O", `4,${etag}`)).toMatch(/c:2\.03 /);
		await talk("validate", "-m", "put", "-e", "other");
		expect(await talk("validate", "-m", "get", "-O", `4,${etag}`)).toMatch(/c:2\.05 .*'other'/);
	});

	test("TD_COAP_CORE_22: If-Match", async () => {
		const etag = /ETag:(0x\w+)/.exec(await talk("validate", "-m", "get"))![1]!;
		expect(await talk("validate", "-m", "put", "-O", `1,${etag}`, "-e", "x")).toMatch(/c:2\.04 /);
		expect(await talk("validate", "-m", "put", "-O", `1,${etag}`, "-e", "y")).toMatch(/c:4\.12 /);
	});

	test("TD_COAP_CORE_23: If-None-Match", async () => {
		expect(await talk("create1", "-m", "put", "-O", "5,", "-e", "x")).toMatch(/c:2\.01 /);
		expect(await talk("create1", "-m", "put", "-O", "5,", "-e", "x")).toMatch(/c:4\.12 /);
		expect(await talk("create1", "-m", "delete")).toMatch(/c:2\.02 /);
	});

	test("gets what it put and posted", async () => {
		await talk("large-update", "-m", "put", "-b", "128", ...body);
		await talk("large-create", "-m", "post", "-b", "128", ...body);
		expect(await read("large-update")).toContain(BODY);
		expect(await read("large-create")).toContain(BODY);
		expect(await read("large")).toContain(LARGE.trim());
	});

	test("TD_COAP_LINK: filters of /.well-known/core", async () => {
		const links = async (query: string) => read(`.well-known/core${query}`);
		for (const path of ["test", "separate", "large", "obs", "obs-non", "obs-large", "obs-pumping", "path/sub1"])
			expect(await links("")).toContain(`</${path}>`);
		expect(await links("?rt=Type1")).toMatch(/<\/link1>.*<\/link3>/);
		expect(await links("?rt=Type1")).not.toContain("</link2>");
		expect(await links("?if=If*")).toMatch(/<\/link1>.*<\/link2>/);
		expect(await links("?href=/link1")).toMatch(/^<\/link1>[^,]*$/);
		expect(await talk("path", "-m", "get")).toMatch(/Content-Format:application\/link-format/);
	});

	test("TD_COAP_OBS: CON from /obs, NON from /obs-non, blocks from /obs-large, as they change", async () => {
		const observing = [
			["obs", /t:CON c:2\.05 .*Observe:[^0].*Max-Age:5/],
			["obs-non", /t:NON c:2\.05 .*Observe:[^0].*Max-Age:5/],
			["obs-large", /t:CON c:2\.05 .*Observe:[^0].*Block2:0\/M\/1024/],
			["obs-pumping", /t:CON c:2\.05 .*Observe:[^0]/],
		] as const;
		await Promise.all(
			observing.map(async ([path, notification]) => {
				const client = coapClient("-v", "7", "-s", "20", `coap://127.0.0.1:${server.port}/${path}`);
				await Promise.any([client.output.line(notification), client.errors.line(notification)]);
				await client.stop();
			}),
		);
	});

	test("TD_COAP_OBS_07: an observer is told that the resource is gone", async () => {
		const client = coapClient("-v", "7", "-s", "20", `coap://127.0.0.1:${server.port}/obs`);
		await Promise.any([client.output.line(/c:2\.05 .*Observe/), client.errors.line(/c:2\.05 .*Observe/)]);
		await talk("obs", "-m", "delete");
		await Promise.any([client.output.line(/c:4\.04/), client.errors.line(/c:4\.04/)]);
		await client.stop();
	});
});

test("katydid etsi says where it is, serves, and ends", async () => {
	const port = await freePort("udp");
	const program = katydid("etsi", "--port", `${port}`, "--address", "127.0.0.1");
	await program.output.line(new RegExp(`^coap\\+tcp://127.0.0.1:${port}$`));
	const client = coapClient("-m", "get", `coap://127.0.0.1:${port}/test`);
	await client.output.line(/GET \/test/);
	expect(await program.stop("SIGTERM")).toBe(0);
});
