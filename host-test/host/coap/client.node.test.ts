// SPDX-License-Identifier: MIT
// The client and the server that Node has, with each other over loopback.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CoapClient, CoapError, CoapServer, Code, Format } from "../../../host/index.ts";
import { freePort } from "../../support/processes.ts";

let server: CoapServer;
let client: CoapClient;
let base: string;
const state = { light: "off", count: 0 };

beforeAll(() => {
	server = new CoapServer({ port: 0, address: "127.0.0.1" });
	client = new CoapClient();
	base = `coap://127.0.0.1:${server.port}`;
	const count = server.resource("count", { observable: true, get: () => `${state.count}` });
	server.resource("count/up", {
		post() {
			state.count++;
			count.changed();
			return undefined;
		},
	});
	server.resource("light", {
		title: "A light",
		rt: "light",
		ct: [Format.TEXT],
		get: () => state.light,
		put(request) {
			state.light = request.text();
			return undefined;
		},
		delete: () => ({ code: Code.FORBIDDEN, payload: "it stays" }),
	});
	server.resource("echo", {
		get: ({ query, accept }) => ({ payload: JSON.stringify({ query, accept }), format: Format.JSON, maxAge: 5 }),
		fetch: ({ payload }) => payload.slice(),
		patch: () => ({ etag: Uint8Array.of(1, 2) }),
		ipatch: () => undefined,
		post: () => ({ code: Code.CREATED, locationPath: ["a b", "c"], locationQuery: ["x=1"] }),
	});
	server.resource("never", { get: () => new Promise(() => {}) });
});

afterAll(() => {
	client.close();
	server.close();
});

describe("a request", () => {
	test("resolves with the response", async () => {
		expect((await client.put(`${base}/light`, "on")).code).toBe("2.04");
		const response = await client.get(`${base}/light`);
		expect(response).toMatchObject({ code: "2.05", ok: true, format: 0, maxAge: 60, address: "127.0.0.1" });
		expect(response.text()).toBe("on");
	});

	test("resolves with a refusal, too", async () => {
		expect(await client.get(`${base}/none`)).toMatchObject({ code: "4.04", ok: false });
		const response = await client.delete(`${base}/light`);
		expect([response.code, response.text()]).toEqual(["4.03", "it stays"]);
	});

	test("has every method, and what they answer", async () => {
		const bytes = Uint8Array.of(0, 255);
		expect((await client.fetch(`${base}/echo`, bytes)).payload).toEqual(Buffer.from(bytes));
		expect((await client.patch(`${base}/echo`, "x")).etag).toEqual(Buffer.from([1, 2]));
		expect((await client.ipatch(`${base}/echo`, "x")).code).toBe("2.04");
		expect(await client.post(`${base}/echo`)).toMatchObject({ code: "2.01", location: "/a%20b/c?x%3D1" });
	});

	test("takes queries of the URL and of its options, and formats by number or name", async () => {
		const response = await client.get(`${base}/echo?a=1&b`, { query: ["c"], accept: "json", confirmable: false });
		expect(response.json()).toEqual({ query: ["a=1", "b", "c"], accept: 50 });
		expect([response.format, response.maxAge]).toEqual([50, 5]);
	});

	test("finds a name", async () => {
		expect((await client.get(`coap://localhost:${server.port}/light`)).ok).toBe(true);
	});

	test("may be one of many at a time", async () => {
		const many = Array.from({ length: 100 }, (_, i) => client.get(`${base}/echo?${i}`));
		const answers = (await Promise.all(many)).map((response) => (response.json() as { query: string[] }).query[0]);
		expect(answers).toEqual(many.map((_, i) => String(i)));
	});

	test("that nobody answers rejects with TIMEOUT, and a promise that nobody awaits disturbs nobody", async () => {
		client.get(`${base}/never`, { timeout: 20 });
		client.discover(`coap://127.0.0.1:${await freePort("udp")}`);
		client.observe(`coap://127.0.0.1:${await freePort("udp")}/a`).next();
		const promise = client.get(`${base}/never`, { timeout: 20, confirmable: false });
		await expect(promise).rejects.toThrow(CoapError);
		await expect(promise).rejects.toMatchObject({ code: "TIMEOUT" });
	});

	test("where nobody listens rejects with REFUSED at once", async () => {
		const url = `coap://127.0.0.1:${await freePort("udp")}/a`;
		await expect(client.get(url)).rejects.toMatchObject({
			code: "REFUSED",
			message: `GET ${url}: nobody listens there`,
		});
	});

	test("of a host without an address rejects with NO_ADDRESS", async () => {
		await expect(client.get("coap://nowhere.invalid/")).rejects.toMatchObject({ code: "NO_ADDRESS" });
	});

	test("that is a mistake throws at once", () => {
		expect(() => client.observe("coap:/h")).toThrow(/expected coap:/);
		expect(() => client.discover("h")).toThrow(/expected coap:/);
		expect(() => client.observe(base, { buffer: 0 })).toThrow(/buffer, got 0/);
		expect(() => client.get("http://h/")).toThrow(/expected coap:/);
		expect(() => client.get(`${base}/a`, { accept: "yaml" })).toThrow(/expected a Content-Format/);
		expect(() => client.get(`${base}/a`, { timeout: -1 })).toThrow(RangeError);
	});

	test("that is aborted rejects with the signal's reason, before or after it was sent", async () => {
		const reason = new Error("enough");
		await expect(client.get(`${base}/light`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
		const controller = new AbortController();
		const promise = client.get(`${base}/never`, { signal: controller.signal });
		controller.abort(reason);
		await expect(promise).rejects.toBe(reason);
	});

	test("that wants no response resolves when it is sent, or acknowledged", async () => {
		await client.send("PUT", `${base}/light`, "blue", { confirmable: true });
		expect(state.light).toBe("blue");
		await client.send("PUT", `${base}/light`, "red");
	});
});

describe("an observation", () => {
	test("gives states to a loop, until it is left, which the server hears", async () => {
		const seen: string[] = [];
		for await (const response of client.observe(`${base}/count`)) {
			seen.push(response.text());
			if (seen.length === 3) break;
			await client.post(`${base}/count/up`);
		}
		expect(seen).toEqual(["0", "1", "2"]);
		// The cancellation was sent before this.
		await client.get(`${base}/light`);
		expect(server.observed).toBe(0);
	});

	test("of what cannot be observed gives one response", async () => {
		const seen: string[] = [];
		for await (const response of client.observe(`${base}/light`)) seen.push(response.code);
		expect(seen).toEqual(["2.05"]);
	});

	test("of what is not there throws, with the response", async () => {
		const next = client.observe(`${base}/none`).next();
		await expect(next).rejects.toMatchObject({ code: "ENDED", response: { code: "4.04" } });
		await expect(next).rejects.toThrow("ended with 4.04 Not Found");
	});

	test("keeps the newest states of those that nobody reads", async () => {
		const observation = client.observe(`${base}/count`, { buffer: 2 });
		const first = (await observation.next()).value!.text();
		for (let i = 0; i < 3; i++) observation.push((await client.get(`${base}/echo?${i}`)) as never);
		expect(observation.dropped).toBe(1);
		expect((await observation.next()).value!.json()).toMatchObject({ query: ["1"] });
		expect(Number(first)).toBe(state.count);
		observation.cancel();
		expect(await observation.next()).toEqual({ done: true, value: undefined });
	});

	test("ends with its signal's reason", async () => {
		const controller = new AbortController();
		const observation = client.observe(`${base}/count`, { signal: controller.signal });
		await observation.next();
		controller.abort(new Error("enough"));
		await expect(observation.next()).rejects.toThrow("enough");
		expect(await observation.next()).toEqual({ done: true, value: undefined });
	});
});

describe("discovery", () => {
	test("finds what a server offers", async () => {
		const links = await client.discover(base);
		expect(links).toContainEqual({ url: `${base}/count`, attributes: { obs: "" } });
		expect(links).toContainEqual({ url: `${base}/light`, attributes: { title: "A light", rt: "light", ct: "0" } });
		expect(await client.discover(base, { query: ["rt=light"] })).toHaveLength(1);
	});
});

describe("multicast", () => {
	test("finds those who answer, who are silent to what they do not have (RFC 7252 §8.2)", async () => {
		const options = { address: "127.0.0.1", multicast: "127.0.0.1", LEISURE: 50 };
		const member = new CoapServer({ ...options, port: 0 });
		member.resource("light", { rt: "light", get: () => "on" });
		const other = new CoapClient({ address: "127.0.0.1" });
		const url = `coap://224.0.1.187:${member.port}`;
		const links = await other.discover(url, { timeout: 300 });
		expect(links).toEqual([{ url: `coap://127.0.0.1:${member.port}/light`, attributes: { rt: "light" } }]);
		expect(await other.discover(`${url}?rt=none`, { timeout: 200 })).toEqual([]);
		expect(() => new CoapServer({ ...options, port: member.port })).toThrow(/EADDRINUSE/);
		other.close();
		member.close();
		new CoapServer({ ...options, port: member.port }).close();
	});
});

describe("over TCP (RFC 8323)", () => {
	let streams: CoapServer;
	let at: string;
	let states = 0;
	beforeAll(() => {
		streams = new CoapServer({ port: 0, address: "127.0.0.1", tcp: true });
		at = `coap+tcp://127.0.0.1:${streams.port}`;
		let stored = "";
		const counter = streams.resource("count", { observable: true, get: () => states });
		streams.resource("up", {
			post() {
				states++;
				counter.changed();
				return undefined;
			},
		});
		streams.resource("stored", {
			get: () => stored,
			put(request) {
				stored = request.text();
				return undefined;
			},
		});
		streams.resource("later", { get: () => new Promise((resolve) => setTimeout(() => resolve("later"), 50)) });
		streams.resource("never", { get: () => new Promise(() => {}) });
	});
	afterAll(() => streams.close());

	test("requests and bodies in blocks are as over UDP", async () => {
		const body = "0123456789".repeat(1_000);
		const all = [client.put(`${at}/stored`, body), client.get(`${at}/later`), client.get(`${at}/none`)];
		const codes = (await Promise.all(all)).map(({ code }) => code);
		expect(codes).toEqual(["2.04", "2.05", "4.04"]);
		expect((await client.get(`${at}/stored`)).text()).toBe(body);
		expect((await client.get(`${at}/stored`, { blockSize: 64 })).text()).toBe(body);
		expect(await client.discover(at, { query: ["href=/count"] })).toEqual([
			{ url: `${at}/count`, attributes: { obs: "" } },
		]);
	});

	test("an observation is, too", async () => {
		const seen: string[] = [];
		for await (const response of client.observe(`${at}/count`)) {
			seen.push(response.text());
			if (seen.length === 3) break;
			await client.post(`${at}/up`);
		}
		expect(seen).toEqual(["0", "1", "2"]);
	});

	test("where nobody listens, or nobody answers, or the client is closed, it says so", async () => {
		await expect(client.get(`coap+tcp://127.0.0.1:${await freePort("tcp")}/a`)).rejects.toMatchObject({
			code: "REFUSED",
		});
		await expect(client.get(`${at}/never`, { timeout: 50 })).rejects.toMatchObject({ code: "TIMEOUT" });
		const other = new CoapClient();
		const pending = other.get(`${at}/never`);
		other.close();
		await expect(pending).rejects.toMatchObject({ code: "CLOSED" });
	});
});

describe("a client that is closed", () => {
	test("ends what was asked, and asks no more", async () => {
		const other = new CoapClient();
		const request = other.get(`${base}/never`);
		const observation = other.observe(`${base}/count`);
		await observation.next();
		const next = observation.next();
		other.close();
		other.close();
		await expect(request).rejects.toMatchObject({ code: "CLOSED" });
		await expect(next).rejects.toMatchObject({ code: "CLOSED" });
		expect(() => other.get(base)).toThrow("the client was closed");
	});
});
