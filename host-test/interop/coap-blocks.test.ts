// SPDX-License-Identifier: MIT
// Bodies in blocks between libcoap's client and this server: every size, both ways, with loss, and over TCP.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IncomingMessage, request } from "coap";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CoapServer } from "../../host/index.ts";
import { LossyRelay } from "../support/lossy-relay.ts";
import { coapClient } from "../support/processes.ts";

const SIZES = [16, 32, 64, 128, 256, 512, 1024];
/** Of how many blocks a body is: four full ones and a rest. */
const body = (size: number) =>
	Array.from({ length: 4 * size + 7 }, (_, i) => String.fromCharCode(97 + (i % 26))).join("");

const folder = mkdtempSync(join(tmpdir(), "katydid-blocks-"));
let server: CoapServer;
/** What was PUT, by the last segment of its path. */
const given: Record<string, string[]> = {};

beforeAll(() => {
	server = new CoapServer({
		port: 0,
		address: "127.0.0.1",
		tcp: true,
		// Without a limit for who did not show where it is, so that blocks are as long as the client asks.
		amplification: Infinity,
		uploads: 16,
		downloads: 16,
		onError: console.error,
	});
	server.resource("down/:size", { get: ({ params }) => body(Number(params.size)) });
	server.resource("up/:name", {
		put(request) {
			given[request.params.name!] = [...(given[request.params.name!] ?? []), request.text()];
			return undefined;
		},
	});
	server.resource("upper", { post: (request) => request.text().toUpperCase() });
	for (const size of SIZES) writeFileSync(file(size), body(size));
});

afterAll(() => {
	server.close();
	rmSync(folder, { recursive: true });
});

function file(size: number): string {
	return join(folder, `${size}`);
}

/** What libcoap's client prints for one request, and whether all went well. */
async function coap(...parameters: string[]): Promise<string> {
	const client = coapClient(...parameters);
	await client.ended;
	return [...client.output.all, ...client.errors.all].filter(Boolean).join("\n");
}

const url = (port: number, path: string, scheme = "coap") => `${scheme}://127.0.0.1:${port}/${path}`;

describe("libcoap's client, without loss,", () => {
	for (const size of SIZES) {
		test(`gets a body in blocks of ${size}`, async () => {
			expect(await coap("-m", "get", "-b", `${size}`, url(server.port, `down/${size}`))).toBe(body(size));
		});

		test(`puts a body in blocks of ${size}`, async () => {
			expect(await coap("-m", "put", "-b", `${size}`, "-f", file(size), url(server.port, `up/plain-${size}`))).toBe("");
			expect(given[`plain-${size}`]).toEqual([body(size)]);
		});
	}

	test("posts a body in blocks, and gets its answer in blocks", async () => {
		expect(await coap("-m", "post", "-b", "64", "-f", file(256), url(server.port, "upper"))).toBe(
			body(256).toUpperCase(),
		);
	});

	test("gets a block out of the middle of a body", async () => {
		const got = await coap("-m", "get", "-b", "2,64", url(server.port, "down/64"));
		expect(got).toBe(body(64).slice(128, 192));
	});
});

test("libcoap's client gets a body in small blocks from a server that does not know where it is, and gives back the Echo value", async () => {
	const careful = new CoapServer({ port: 0, address: "127.0.0.1" });
	const echoes: number[] = [];
	careful.resource("large", {
		get(request) {
			echoes.push(request.options(252).length);
			return body(64);
		},
	});
	const client = coapClient("-v", "8", "-m", "get", url(careful.port, "large"));
	await client.ended;
	const log = [...client.output.all, ...client.errors.all].join("\n");
	expect(log).toMatch(/c:2\.05 .*Block2:0\/M\/16, Echo:0x/);
	expect(log).toMatch(/c:GET .*Block2:1\/_\/16, Echo:0x/);
	expect(new Set(log.match(/(?<= c:2\.05 .*)Block2:\d+\/[M_]\/16/g)).size).toBe(17);
	expect(echoes).toEqual([0]);
	careful.close();
});

describe("node-coap's client", () => {
	/** Asks a server that gives nothing much to whom it does not know; what came back. */
	async function ask(method: "GET" | "PUT", payload?: Buffer): Promise<{ code: string; payload: string }> {
		const careful = new CoapServer({ port: 0, address: "127.0.0.1", onError: console.error });
		careful.resource("a", {
			get: () => body(128),
			put: ({ payload }) => ({ code: payload.length === 3000 ? 0x44 : 0x80 }),
		});
		const message = request({ host: "127.0.0.1", port: careful.port, pathname: "/a", method });
		// SZX 2: blocks of 64 bytes.
		if (payload !== undefined) message.setOption("Block1", Buffer.of(2));
		message.end(payload);
		const [response] = (await once(message, "response")) as [IncomingMessage];
		careful.close();
		return { code: response.code, payload: response.payload.toString() };
	}

	test("gets a body in small blocks, without knowing of Echo", async () => {
		expect(await ask("GET")).toEqual({ code: "2.05", payload: body(128) });
	});

	test("puts a body in blocks", async () => {
		expect((await ask("PUT", Buffer.alloc(3000, "x"))).code).toBe("2.04");
	});
});

describe("with a fifth of the datagrams lost each way, libcoap's client", () => {
	/** What is given and got through a relay, in all. */
	const counts = { given: 0, lost: 0 };

	async function lossy(seed: number, use: (port: number) => Promise<void>): Promise<void> {
		const relay = await LossyRelay.start(server.port, 0.2, seed);
		await use(relay.port);
		counts.given += relay.given;
		counts.lost += relay.lost;
		relay.close();
	}

	test.concurrent.each(SIZES)("gets a body in blocks of %i", async (size) => {
		await lossy(size, async (port) => {
			expect(await coap("-m", "get", "-b", `${size}`, url(port, `down/${size}`))).toBe(body(size));
		});
	});

	test.concurrent.each(SIZES)("puts a body in blocks of %i, which is taken once", async (size) => {
		await lossy(size + 1, async (port) => {
			expect(await coap("-m", "put", "-b", `${size}`, "-f", file(size), url(port, `up/lossy-${size}`))).toBe("");
			expect(given[`lossy-${size}`]).toEqual([body(size)]);
		});
	});

	test("did lose some", () => {
		expect(counts.lost).toBeGreaterThan(counts.given / 10);
		expect(counts.lost).toBeLessThan(counts.given / 3);
	});
});

describe("libcoap's client over TCP", () => {
	const tcp = (path: string) => url(server.port, path, "coap+tcp");

	test("gets what is short, and what takes several messages", async () => {
		expect(await coap("-m", "get", tcp("down/16"))).toBe(body(16));
		expect(await coap("-m", "get", tcp("down/1024"))).toBe(body(1024));
	});

	test("puts what is short, and what takes several messages", async () => {
		expect(await coap("-m", "put", "-e", "short", tcp("up/tcp"))).toBe("");
		expect(await coap("-m", "put", "-f", file(1024), tcp("up/tcp"))).toBe("");
		expect(given.tcp).toEqual(["short", body(1024)]);
	});

	test("discovers and is refused what is not there", async () => {
		expect(await coap("-m", "get", tcp(".well-known/core"))).toContain("</upper>");
		expect(await coap("-m", "get", tcp("nowhere"))).toContain("4.04");
	});

	test("observes", async () => {
		let value = "one";
		const resource = server.resource("observed", { observable: true, get: () => value });
		const observer = coapClient("-s", "30", tcp("observed"));
		await observer.output.line(/one/);
		value = "two";
		resource.changed();
		await observer.output.line(/two/);
		await observer.stop();
	});
});
