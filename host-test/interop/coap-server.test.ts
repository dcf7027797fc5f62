// SPDX-License-Identifier: MIT
// The clients of libcoap and node-coap against our server on Node.
import { request as ask, type OptionValue } from "coap";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CoapServer, Code } from "../../host/index.ts";
import { LossyRelay } from "../support/lossy-relay.ts";
import { coapClient } from "../support/processes.ts";

const body = (length: number) => "0123456789abcdefghijklmnopqrstuvwxyz".repeat(length).slice(0, length);

let server: CoapServer;
let port: number;
const stored: Record<string, string> = {};
let count = 0;
let changed = () => {};
const errors: string[] = [];

beforeAll(() => {
	server = new CoapServer({
		port: 0,
		address: "127.0.0.1",
		// Either client gets blocks of the size that it wants, although it has not shown where it is.
		amplification: Infinity,
		ACK_TIMEOUT: 200,
		onError: ({ message }) => errors.push(message),
	});
	port = server.port;
	const echo = ({ method, payload }: { method: string; payload: Uint8Array }) => `${method} ${Buffer.from(payload)}`;
	server.resource("any", { get: echo, put: echo, post: echo, delete: echo, fetch: echo, patch: echo, ipatch: echo });
	server.resource("later", { get: () => new Promise((resolve) => setTimeout(() => resolve("later"), 300)) });
	server.resource("refused", { get: () => ({ code: Code.FORBIDDEN, payload: "never" }) });
	server.resource("stored/:name", {
		get: ({ params }) => stored[params.name!] ?? "",
		put(request) {
			stored[request.params.name!] = request.text();
			return undefined;
		},
	});
	const counter = server.resource("count", { observable: true, get: () => `${count}` });
	changed = () => {
		count++;
		counter.changed();
	};
});

afterAll(() => {
	server.close();
	expect(errors).toEqual([]);
});

const url = (path: string, at = port) => `coap://127.0.0.1:${at}/${path}`;

describe("libcoap's coap-client", () => {
	/** What it prints, and what it says went wrong. */
	async function run(...parameters: string[]): Promise<string> {
		const client = coapClient(...parameters);
		await client.ended;
		return [...client.output.all, ...client.errors.all].filter(Boolean).join("\n");
	}

	for (const flags of [[], ["-N"]]) {
		const kind = flags.length > 0 ? "NON" : "CON";

		test(`is answered to every method, ${kind}`, async () => {
			for (const method of ["get", "put", "post", "delete", "fetch", "patch", "ipatch"]) {
				const payload = method === "get" || method === "delete" ? [] : ["-e", "x"];
				const name = method === "ipatch" ? "iPATCH" : method.toUpperCase();
				expect(await run(...flags, "-m", method, ...payload, url("any"))).toBe(`${name} ${payload[1] ?? ""}`);
			}
			expect(await run(...flags, url("refused"))).toBe("4.03 never");
			expect(await run(...flags, url("none"))).toMatch(/^4\.04/);
		});

		test(`is answered later, ${kind}`, async () => {
			expect(await run(...flags, url("later"))).toBe("later");
		});

		test(`is notified, ${kind}, and says when it has enough`, async () => {
			const client = coapClient(...flags, "-s", "2", url("count"));
			const first = Number(await client.output.line(/^\d+$/));
			for (let i = 1; i <= 5; i++) {
				changed();
				expect(await client.output.line(/^\d+$/)).toBe(String(first + i));
			}
			await client.ended;
			expect(server.observed).toBe(0);
		});
	}

	for (const size of [16, 32, 64, 128, 256, 512, 1024])
		test(`puts and gets a body in blocks of ${size} bytes`, async () => {
			await blocks(size, port, 2_000);
		});

	// At once, for the client's patience is the RFC's.
	for (const [size, seed] of [
		[64, 3],
		[256, 4],
		[1024, 5],
	] as const)
		test.concurrent(`puts and gets a body in blocks of ${size} bytes while one in ten datagrams is lost each way`, async () => {
			const relay = await LossyRelay.start(port, 0.1, seed);
			await blocks(size, relay.port, 8 * size);
			relay.close();
		});

	test("has a token as long as it likes", async () => {
		expect(await run("-T", "a-token-of-16-by", url("any"))).toBe("GET ");
	});

	test("discovers", async () => {
		expect(await run(url(".well-known/core?href=/count"))).toBe("</count>;obs");
	});

	async function blocks(size: number, at: number, length: number): Promise<void> {
		const name = `stored/${size}-${at}`;
		expect(await run("-m", "put", "-b", String(size), "-e", body(length), url(name, at))).toBe("");
		expect(stored[`${size}-${at}`]).toBe(body(length));
		expect(await run("-b", String(size), url(name, at))).toBe(body(length));
	}
});

describe("node-coap's client", () => {
	interface Answer {
		code: string;
		payload: string;
	}

	function send(
		method: string,
		pathname: string,
		payload = "",
		options: Record<string, OptionValue> = {},
		confirmable = true,
	) {
		return new Promise<Answer>((resolve, reject) => {
			const request = ask({ hostname: "127.0.0.1", port, pathname, method: method as "GET", confirmable, options });
			request.on("response", (response) => resolve({ code: response.code, payload: response.payload.toString() }));
			request.on("error", reject);
			request.end(payload);
		});
	}

	for (const confirmable of [true, false]) {
		const kind = confirmable ? "CON" : "NON";

		test(`is answered to every method, ${kind}`, async () => {
			for (const method of ["GET", "PUT", "POST", "DELETE", "FETCH", "PATCH", "iPATCH"]) {
				const payload = method === "GET" || method === "DELETE" ? "" : "x";
				const answer = await send(method, "/any", payload, { "Content-Format": "text/plain" }, confirmable);
				expect([method, answer.payload]).toEqual([method, `${method} ${payload}`]);
			}
			expect(await send("GET", "/refused", "", {}, confirmable)).toEqual({ code: "4.03", payload: "never" });
		});

		test(`is answered later, ${kind}`, async () => {
			expect((await send("GET", "/later", "", {}, confirmable)).payload).toBe("later");
		});
	}

	test("is notified", async () => {
		const seen = await new Promise<string[]>((resolve, reject) => {
			const request = ask({ hostname: "127.0.0.1", port, pathname: "/count", observe: true });
			const states: string[] = [];
			request.on("response", (response) => {
				response.on("data", (state: Buffer) => {
					states.push(state.toString());
					if (states.length < 4) changed();
					else {
						response.close();
						resolve(states);
					}
				});
			});
			request.on("error", reject);
			request.end();
		});
		expect(seen.map((state) => Number(state) - Number(seen[0]))).toEqual([0, 1, 2, 3]);
	});

	test("gets a body in blocks", async () => {
		stored.got = body(5_000);
		expect((await send("GET", "/stored/got")).payload).toBe(body(5_000));
	});

	test("puts a body in blocks", async () => {
		const option = Buffer.of(6); // Blocks of 1,024 bytes, which it cuts itself.
		expect((await send("PUT", "/stored/put", body(3_000), { Block1: option })).code).toBe("2.04");
		expect(stored.put).toBe(body(3_000));
	});
});
