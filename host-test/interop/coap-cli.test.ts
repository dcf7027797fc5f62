// SPDX-License-Identifier: MIT
// CoAP on the command line: what is printed, and the exit codes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CoapServer, Code } from "../../host/index.ts";
import { freePort, Program } from "../support/processes.ts";
import { katydid } from "../support/simulation.ts";

let server: CoapServer;
let base: string;
let light = "off";
let count = 0;
let changed = () => {};

beforeAll(() => {
	server = new CoapServer({ port: 0, multicast: "127.0.0.1", LEISURE: 100 });
	base = `coap://127.0.0.1:${server.port}`;
	server.resource("light", {
		title: "A light",
		rt: "light",
		ct: [0],
		get: () => light,
		put(request) {
			light = request.text();
			return undefined;
		},
		delete: () => ({ code: Code.FORBIDDEN, payload: "it stays" }),
	});
	const counter = server.resource("count", { observable: true, get: () => ({ payload: `${count}`, maxAge: 9 }) });
	changed = () => {
		count++;
		counter.changed();
	};
	server.resource("cbor", { get: () => ({ payload: Uint8Array.of(0xa1, 0x61, 0x61, 0x82, 1, 0x41, 7), format: 60 }) });
	server.resource("json", { get: () => ({ payload: '{"a":1}', format: 50, etag: Uint8Array.of(1, 2) }) });
	server.resource("bytes", { get: () => Uint8Array.from({ length: 20 }, (_, i) => i * 13) });
	server.resource("large", { get: () => "0123456789".repeat(500) });
	server.resource("never", { get: () => new Promise(() => {}) });
	server.resource("echo", {
		post: ({ payload, query, contentFormat, accept, method }) =>
			JSON.stringify({ method, text: `${Buffer.from(payload)}`, query, contentFormat, accept }),
		fetch: ({ method }) => method,
		patch: ({ method }) => method,
		ipatch: ({ method }) => method,
	});
});

afterAll(() => server.close());

/** What a command printed, and its exit code. */
async function run(...words: string[]): Promise<{ out: string[]; err: string[]; code: number | null }> {
	const program = katydid(...words);
	const code = await program.ended;
	const { output, errors } = program;
	return { out: output.all, err: errors.all, code };
}

describe("a response is printed with its code, its options and its payload", () => {
	const shown: [words: (base: string) => string[], out: string[]][] = [
		[
			(at) => ["get", `${at}/json`],
			["2.05 Content", "ETag: 0x0102", "Content-Format: application/json (50)", '{"a":1}'],
		],
		[(at) => ["get", `${at}/cbor`], ["2.05 Content", "Content-Format: application/cbor (60)", `{"a": [1, h'07']}`]],
		[
			(at) => ["get", `${at}/bytes`],
			[
				"2.05 Content",
				"Content-Format: application/octet-stream (42)",
				"0000  00 0d 1a 27 34 41 4e 5b 68 75 82 8f 9c a9 b6 c3  ...'4AN[hu......",
				"0010  d0 dd ea f7                                      ....",
			],
		],
		[(at) => ["put", `${at}/light`, "on"], ["2.04 Changed"]],
		[(at) => ["get", "--quiet", `${at}/json`], ['{"a":1}']],
		[(at) => ["get", "-N", "-o", "etag=0x0102", `${at}/json`], ["2.03 Valid", "ETag: 0x0102"]],
		[(at) => ["fetch", "-q", `${at}/echo`, "x"], ["FETCH"]],
		[(at) => ["patch", "-q", `${at}/echo`, "x"], ["PATCH"]],
		[(at) => ["ipatch", "-q", `${at}/echo`, "x"], ["iPATCH"]],
		[(at) => ["get", "-q", "-b", "64", `${at}/large`], ["0123456789".repeat(500)]],
		[
			(at) => ["post", "-q", "-f", "json", "-a", "50", "-Q", "b=2", `${at}/echo?a=1`, '{"c":3}'],
			['{"method":"POST","text":"{\\"c\\":3}","query":["a=1","b=2"],"contentFormat":50,"accept":50}'],
		],
		[(at) => ["discover", `${at}?rt=light`], [`BASE/light  title="A light"  rt=light  ct=0`]],
	];
	for (const [words, out] of shown)
		test(words("coap://…").join(" "), async () => {
			const result = await run(...words(base));
			expect(result.err).toEqual([]);
			if (words(base)[0] === "discover") {
				const [url, ...attributes] = result.out[0]!.split("  ");
				expect(url).toBe(`${base}/light`);
				expect(attributes.sort()).toEqual(["ct=0", "rt=light", 'title="A light"']);
			} else expect(result.out.filter(Boolean)).toEqual(out);
			expect(result.code).toBe(0);
		});

	test("with --json as an object", async () => {
		const { out } = await run("get", "--json", `${base}/cbor`);
		expect(JSON.parse(out[0]!)).toEqual({
			code: "2.05",
			name: "Content",
			from: base.slice(7),
			options: [{ number: 12, name: "Content-Format", value: 60 }],
			payloadHex: "a1616182014107",
			cbor: `{"a": [1, h'07']}`,
			value: { a: [1, "0x07"] },
		});
		const links = JSON.parse((await run("get", "--json", `${base}/.well-known/core?rt=light`)).out[0]!).links;
		expect(links).toEqual([{ target: "/light", attributes: { title: "A light", rt: "light", ct: "0" } }]);
	});
});

test("a payload comes from a file, or from stdin", async () => {
	const folder = mkdtempSync(join(tmpdir(), "katydid-coap-"));
	const file = join(folder, "payload");
	const long = "long ".repeat(600);
	writeFileSync(file, "from a file");
	expect(JSON.parse((await run("post", "-q", `${base}/echo`, `@${file}`)).out[0]!).text).toBe("from a file");
	const program = new Program(["sh"], ["-c", `printf '%s' "${long}" | node dist/cli.js put ${base}/light -`]);
	expect(await program.ended).toBe(0);
	expect(light).toBe(long);
	const missing = await run("put", `${base}/light`, `@${folder}/none`);
	expect(missing).toMatchObject({ out: [], code: 2 });
	expect(missing.err[0]).toMatch(/^katydid: @.*none: ENOENT/);
	rmSync(folder, { recursive: true });
});

describe("observe", () => {
	test("prints each state, until there were enough, and then the server knows", async () => {
		const program = katydid("observe", "-q", "-c", "3", `${base}/count`);
		const first = Number(await program.output.line(/^\d+$/));
		changed();
		expect(await program.output.line(/^\d+$/)).toBe(String(first + 1));
		changed();
		expect(await program.ended).toBe(0);
		expect(program.output.all.filter(Boolean).map(Number)).toEqual([first, first + 1, first + 2]);
		expect(server.observed).toBe(0);
	});

	test("ends with Ctrl-C, code 0, and with its duration", async () => {
		const program = katydid("observe", `${base}/count`);
		await program.output.line(/^Max-Age: 9$/);
		expect(await program.stop("SIGINT")).toBe(0);
		const { code, out } = await run("observe", "-q", "-s", "0.2", `${base}/count`);
		expect([code, out.filter(Boolean)]).toEqual([0, [String(count)]]);
	});

	test("of what cannot be observed says so", async () => {
		const { code, err } = await run("observe", `${base}/light`);
		expect([code, err]).toEqual([0, [`katydid: ${base}/light cannot be observed: this is its state now`]]);
		const missing = await run("observe", `${base}/none`);
		expect(missing.code).toBe(1);
		expect(missing.err).toEqual([`katydid: observing ${base}/none ended with 4.04 Not Found`]);
	});
});

test("discover finds servers by multicast", async () => {
	const { out, code } = await run(
		"discover",
		"-i",
		"127.0.0.1",
		"-B",
		"1",
		`coap://224.0.1.187:${server.port}?rt=light`,
	);
	expect(out.filter(Boolean)).toHaveLength(1);
	expect(out[0]).toMatch(new RegExp(`^coap://[\\d.]+:${server.port}/light `));
	expect(code).toBe(0);
});

describe("what goes wrong is a sentence and a code", () => {
	test("1: the server refuses", async () => {
		const { out, err, code } = await run("delete", `${base}/light`);
		expect(out.filter(Boolean)).toEqual(["4.03 Forbidden", "it stays"]);
		expect(err).toEqual([`katydid: DELETE ${base}/light: 4.03 Forbidden`]);
		expect(code).toBe(1);
	});

	test("3: nobody answers", async () => {
		const url = `coap://127.0.0.1:${await freePort("udp")}/a`;
		expect(await run("get", url)).toEqual({ out: [], err: [`katydid: GET ${url}: nobody listens there`], code: 3 });
		expect(await run("get", "-B", "0.2", `${base}/never`)).toEqual({
			out: [],
			err: ["katydid: no answer within 0.2 s"],
			code: 3,
		});
		const nowhere = await run("get", "coap://nowhere.invalid/");
		expect(nowhere).toEqual({ out: [], err: ["katydid: no IPv4 address for nowhere.invalid"], code: 3 });
	});

	const wrong: [words: string[], message: RegExp][] = [
		[["get"], /missing required argument 'url'/],
		[["get", "http://h/"], /expected coap:\/\/host\[:port\]\[\/path\]\[\?query\], got "http:\/\/h\/"/],
		[["get", "coap://h/", "extra"], /too many arguments/],
		[["get", "coap://127.0.0.1/", "-a", "yaml"], /expected a Content-Format's number or a name .*, got "yaml"/],
		[["get", "coap://127.0.0.1/", "-o", "colour=red"], /-o: expected an option's name or number/],
		[["get", "coap://127.0.0.1/", "-o", "max-age=soon"], /-o: expected a whole number/],
		[["get", "coap://127.0.0.1/", "-B", "soon"], /expected seconds, got "soon"/],
		[["get", "coap://127.0.0.1/", "-b", "8"], /expected a whole number from 16 to 1024/],
		[["put", "coap://127.0.0.1/", "x", "--colour"], /unknown option '--colour'/],
	];
	for (const [words, message] of wrong)
		test(`2: ${words.join(" ")}`, async () => {
			const { out, err, code } = await run(...words);
			expect([out.filter(Boolean), code]).toEqual([[], 2]);
			expect(err).toHaveLength(1);
			expect(err[0]).toMatch(message);
		});
});
