// SPDX-License-Identifier: MIT
// Our client against the servers of libcoap and node-coap.
import { createServer, type Server } from "coap";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CoapClient, type CoapRequestOptions, type Method } from "../../host/index.ts";
import { LossyRelay } from "../support/lossy-relay.ts";
import { freePort, Program } from "../support/processes.ts";

const SERVERS = ["coap-server", "coap-server-notls", "coap-server-openssl", "coap-server-gnutls"];
const body = (length: number) => "0123456789abcdefghijklmnopqrstuvwxyz".repeat(length).slice(0, length);

// So small an ACK_TIMEOUT that what a relay loses costs little, and so many attempts that nothing stays lost.
const impatient = () => new CoapClient({ ACK_TIMEOUT: 50, MAX_RETRANSMIT: 8, ACK_RANDOM_FACTOR: 1 });

let client: CoapClient;
beforeAll(() => {
	client = new CoapClient();
});
afterAll(() => client.close());

/** How long a state of libcoap's clock takes. */
const SECONDS = 3;

describe("libcoap's coap-server", () => {
	let program: Program;
	let port: number;
	let base: string;

	beforeAll(async () => {
		port = await freePort("udp");
		base = `coap://127.0.0.1:${port}`;
		program = new Program(SERVERS, ["-A", "127.0.0.1", "-p", String(port), "-d", "100"]);
		// It says nothing when it is ready; before, the system refuses.
		for (;;) {
			const ready = await client.get(base).catch(() => undefined);
			if (ready?.ok) break;
		}
	});
	afterAll(() => program.stop());

	for (const confirmable of [true, false]) {
		const kind = confirmable ? "CON" : "NON";
		const path = `made-by-${kind}`;
		const methods: [method: Method, path: string, payload: string | undefined, code: string, text: string | RegExp][] =
			[
				["GET", "", undefined, "2.05", /^This is a test server made with libcoap/],
				["GET", "time", undefined, "2.05", /\d\d:\d\d:\d\d$/],
				["GET", "time?ticks", undefined, "2.05", /^\d+$/],
				["GET", "none", undefined, "4.04", "Not Found"],
				["PUT", path, "first", "2.01", ""],
				["PUT", path, "second", "2.04", ""],
				["GET", path, undefined, "2.05", "second"],
				["POST", path, "third", "2.04", ""],
				["FETCH", path, "x", "4.05", "Method Not Allowed"],
				["PATCH", path, "x", "4.05", "Method Not Allowed"],
				["iPATCH", path, "x", "4.05", "Method Not Allowed"],
				["DELETE", path, undefined, "2.02", ""],
				["GET", path, undefined, "4.04", "Not Found"],
			];
		test(`answers every method, ${kind}`, async () => {
			for (const [method, path, payload, code, text] of methods) {
				const response = await client.request(method, `${base}/${path}`, payload, { confirmable });
				expect([method, path, response.code]).toEqual([method, path, code]);
				expect(response.text()).toMatch(text);
			}
		});

		test(`answers on its own, later, ${kind}`, async () => {
			expect((await client.get(`${base}/async?1`, { confirmable })).text()).toBe("done");
		});

		test(`notifies an observation by ${kind}`, async () => {
			const seen: string[] = [];
			const numbers: number[] = [];
			for await (const response of client.observe(`${base}/time`, { confirmable })) {
				seen.push(response.text());
				numbers.push(response.observe!);
				if (seen.length === SECONDS) break;
			}
			expect(new Set(seen).size).toBe(SECONDS);
			expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
		});
	}

	test("is discovered", async () => {
		const links = await client.discover(base);
		expect(links).toContainEqual({
			url: `${base}/time`,
			attributes: { ct: "0", title: "Internal Clock", rt: "ticks", if: "clock", obs: "" },
		});
	});

	for (const blockSize of [16, 32, 64, 128, 256, 512, 1024])
		test(`takes and gives a body in blocks of ${blockSize} bytes`, async () => {
			await blocks(client, base, 3_000, { blockSize });
		});

	for (const [blockSize, seed] of [
		[16, 1],
		[64, 2],
		[256, 3],
		[1024, 4],
	] as const)
		test(`takes and gives a body in blocks of ${blockSize} bytes while one in five datagrams is lost each way`, async () => {
			const relay = await LossyRelay.start(port, 0.2, seed);
			const other = impatient();
			await blocks(other, `coap://127.0.0.1:${relay.port}`, 40 * blockSize, { blockSize });
			expect(relay.lost).toBeGreaterThan(10);
			other.close();
			relay.close();
		});

	test("answers over TCP, with blocks and notifications (RFC 8323)", async () => {
		const at = `coap+tcp://127.0.0.1:${port}`;
		expect((await client.get(`${at}/time`)).text()).toMatch(/\d\d:\d\d:\d\d$/);
		expect((await client.get(`${at}/async?1`)).text()).toBe("done");
		expect((await client.get(`${at}/none`)).code).toBe("4.04");
		for (const method of ["PUT", "DELETE"] as const)
			expect((await client.request(method, `${at}/over-tcp`, method === "PUT" ? "x" : undefined)).ok).toBe(true);
		await blocks(client, at, 3_000, { blockSize: 256 });
		const seen = new Set<string>();
		for await (const response of client.observe(`${at}/time`)) if (seen.add(response.text()).size === SECONDS) break;
		expect(seen.size).toBe(SECONDS);
	});

	test("refuses an option that is critical", async () => {
		const option = { number: 2051, value: Uint8Array.of(1) };
		expect((await client.get(`${base}/time`, { options: [option] })).code).toBe("4.02");
	});

	test("takes and gives a body without a size of blocks", async () => {
		await blocks(client, base, 10_000, {});
	});

	async function blocks(by: CoapClient, at: string, length: number, options: CoapRequestOptions): Promise<void> {
		const url = `${at}/example_data`;
		expect(["2.01", "2.04"]).toContain((await by.put(url, body(length), options)).code);
		expect((await by.get(url, options)).text()).toBe(body(length));
	}
});

describe("node-coap's server", () => {
	let server: Server;
	let base: string;
	const timers: NodeJS.Timeout[] = [];

	beforeAll(async () => {
		server = createServer((request, response) => {
			const { pathname, searchParams } = new URL(request.url, "coap://h");
			if (pathname === "/observed" && request.headers.Observe === 0) {
				let count = 0;
				const notify = () => response.write(`${count++}`);
				notify();
				timers.push(setInterval(notify, 20));
				return;
			}
			if (pathname === "/large") {
				response.end(body(5_000));
				return;
			}
			if (pathname === "/none") response.code = "4.04";
			const { method, payload } = request;
			const answer = () => response.end(`${method} ${payload.length > 10 ? payload.length : payload}`);
			setTimeout(answer, Number(searchParams.get("after") ?? 0));
		});
		const port = await freePort("udp");
		await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
		base = `coap://127.0.0.1:${port}`;
	});
	afterAll(() => {
		for (const timer of timers) clearInterval(timer);
		server.close();
	});

	for (const confirmable of [true, false]) {
		const kind = confirmable ? "CON" : "NON";

		test(`answers every method, ${kind}`, async () => {
			for (const method of ["GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"] as const) {
				const payload = method === "GET" ? "" : "x";
				const response = await client.request(method, `${base}/a`, payload, { confirmable, format: "text" });
				expect([response.code, response.text()]).toEqual(["2.05", `${method} ${payload}`]);
			}
			expect((await client.get(`${base}/none`, { confirmable })).code).toBe("4.04");
		});

		test(`answers on its own, later, ${kind}`, async () => {
			expect((await client.get(`${base}/a?after=300`, { confirmable })).text()).toBe("GET ");
		});
	}

	// Of a NON it makes ACKs that nobody asked for.
	test("notifies an observation by CON", async () => {
		const seen: number[] = [];
		for await (const response of client.observe(`${base}/observed`)) {
			seen.push(Number(response.text()));
			if (seen.length === 5) break;
		}
		expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
	});

	// A Block2 of 0, which stands for blocks of 16 bytes, it takes for none.
	for (const blockSize of [32, 64, 1024, undefined])
		test(`gives a body in blocks of ${blockSize ?? "its own choice of"} bytes`, async () => {
			expect((await client.get(`${base}/large`, { blockSize })).text()).toBe(body(5_000));
		});

	test("takes a body in blocks", async () => {
		for (const blockSize of [64, 512, undefined]) {
			const response = await client.put(`${base}/a`, body(3_000), { blockSize });
			expect(response.text()).toBe("PUT 3000");
		}
	});
});
