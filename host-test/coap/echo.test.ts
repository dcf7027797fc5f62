// SPDX-License-Identifier: MIT
// Who gets more than it sent, and when: RFC 9175 §2.
import { describe, expect, test } from "vitest";
import { Echo } from "../../src/coap/echo.ts";
import { Code, type ResourceOptions, Server, type ServerOptions } from "../../src/coap/index.ts";
import { type Client, Pair } from "../support/coap-pair.ts";
import { datagram } from "../support/coap-text.ts";
import { hex, toHex } from "../support/hex.ts";
import { seeded } from "../support/random.ts";

const LONG = "0123456789abcdef".repeat(100);

function serving(options: ResourceOptions, server: Partial<ServerOptions> = {}) {
	const pair = new Pair({ amplification: 3, random: seeded(7), ...server });
	pair.server.resource("a", options);
	return { pair, client: pair.client() };
}

/** Asks, and holds the reply to three times the request. */
function asks(client: Client, line: string): string {
	const before = datagram(line).length;
	const [reply] = client.sends(line);
	expect(reply).toBeDefined();
	expect(datagram(reply!).length).toBeLessThanOrEqual(3 * before);
	return reply!;
}

const echoOf = (reply: string) => / 252=(\w+)/.exec(reply)?.[1];

describe("an Echo value", () => {
	const A = { address: "192.0.2.1", port: 5000 };

	test("tells its age to who made it, for whom it was made", () => {
		const echo = new Echo(seeded(1));
		const value = echo.value(A, 10_000);
		expect(value).toHaveLength(8);
		expect(echo.age(value, A, 10_000)).toBe(0);
		expect(echo.age(value, A, 70_000)).toBeGreaterThan(59_700);
		expect(echo.age(value, A, 70_000)).toBeLessThan(60_300);
	});

	test("is nothing to another endpoint, another server, or when a bit is changed", () => {
		const echo = new Echo(seeded(1));
		const value = echo.value(A, 10_000);
		expect(echo.age(value, { ...A, port: 5001 }, 10_000)).toBe(Infinity);
		expect(echo.age(value, { ...A, address: "192.0.2.2" }, 10_000)).toBe(Infinity);
		expect(new Echo(seeded(2)).age(value, A, 10_000)).toBe(Infinity);
		for (let bit = 0; bit < 64; bit++) {
			const changed = value.slice();
			changed[bit >> 3]! ^= 1 << (bit & 7);
			expect(echo.age(changed, A, 10_000)).toBe(Infinity);
		}
		for (const wrong of ["", "00", "0000000000000000", "000000000000000000"])
			expect(echo.age(hex(wrong), A, 10_000)).toBe(Infinity);
	});

	test("still tells its age when time comes round", () => {
		const echo = new Echo(seeded(1));
		const begin = 0x1000000 * 256 - 1_000;
		for (const at of [begin, begin + 10_000]) expect(echo.age(echo.value(A, at), A, at + 2_000)).toBeLessThan(2_500);
	});
});

describe("an endpoint that did not show where it is (RFC 9175 §2.4) [CoAP-13.1]", () => {
	test("gets what is short enough at once", () => {
		const { client } = serving({ get: () => "22.5" });
		expect(asks(client, "CON GET 0001 Uri-Path=a")).toBe("ACK 2.05 0001 Content-Format=0 | 22.5");
	});

	test("gets a long representation in blocks that are small enough, and a value that shows where it is", () => {
		const { client } = serving({ get: () => LONG });
		const reply = asks(client, "CON GET 0001 [0102030405060708] Uri-Path=a Uri-Query=unit=Cel");
		expect(reply).toMatch(/ Block2=8 252=\w{16} \| 0123456789abcdef$/);
	});

	test("can have all of it in such blocks, without knowing of Echo", () => {
		const { client } = serving({ get: () => LONG.slice(0, 100) });
		let body = "";
		for (let num = 0; num < 7; num++)
			body += asks(client, `CON GET 000${num} [01020304] Uri-Path=a Block2=${num << 4}`).split(" | ")[1];
		expect(body).toBe(LONG.slice(0, 100));
	});

	test("gets whole messages once it has sent the value back", () => {
		const { client } = serving({ get: () => LONG });
		const echo = echoOf(asks(client, "CON GET 0001 [0102030405060708] Uri-Path=a Uri-Query=unit=Cel"));
		expect(client.sends(`CON GET 0002 Uri-Path=a 252=${echo}`)[0]).toMatch(/ Block2=14 \| /);
		expect(client.sends("CON GET 0003 Uri-Path=a")[0]).toMatch(/ Block2=14 \| /);
	});

	test("is given the value with the second block when there is no room for it in the first", () => {
		const { client } = serving({ get: () => LONG });
		expect(asks(client, "CON GET 0001 [0102030405060708] Uri-Path=a")).toMatch(/ Block2=8 \| /);
		const echo = echoOf(asks(client, "CON GET 0002 [0102030405060708] Uri-Path=a Block2=16"));
		expect(client.sends(`CON GET 0003 Uri-Path=a Block2=1 252=${echo}`)[0]).toMatch(/ Block2=9 \| /);
		expect(client.sends("CON GET 0004 Uri-Path=a Block2=6")[0]).toMatch(/ Block2=14 \| /);
	});

	test("does not get what another one may have, whose place it took", () => {
		const { pair, client } = serving({ get: () => LONG }, { peers: 1 });
		const echo = echoOf(asks(client, "CON GET 0001 [0102030405060708] Uri-Path=a Uri-Query=unit=Cel"));
		client.sends(`CON GET 0002 Uri-Path=a 252=${echo}`);
		asks(pair.client(5001), "CON GET 0003 Uri-Path=a");
		asks(client, "CON GET 0004 Uri-Path=a");
	});

	test("may go on where it was, in larger blocks", () => {
		const { client } = serving({ get: () => LONG });
		const echo = echoOf(asks(client, "CON GET 0001 [0102030405060708] Uri-Path=a Uri-Query=unit=Cel"));
		const reply = client.sends(`CON GET 0002 Uri-Path=a Uri-Query=unit=Cel Block2=22 252=${echo}`)[0]!;
		expect(reply.split(" | ")[1]).toBe(LONG.slice(1024));
	});

	test("gets nothing for a value of another endpoint, or an old one", () => {
		const { pair, client } = serving({ get: () => LONG });
		const echo = echoOf(asks(client, "CON GET 0001 [0102030405060708] Uri-Path=a Uri-Query=unit=Cel"));
		asks(pair.client(5001), `CON GET 0002 Uri-Path=a 252=${echo}`);
		pair.advance(301_000);
		asks(client, `CON GET 0003 Uri-Path=a 252=${echo}`);
	});

	test("is asked where it is when not even a small block fits", () => {
		const { client } = serving({ get: () => LONG });
		const reply = asks(client, "CON GET 0001 Uri-Path=a");
		expect(reply).toMatch(/^ACK 4\.01 0001 252=\w{16}$/);
		expect(client.sends(`CON GET 0002 Uri-Path=a 252=${echoOf(reply)}`)[0]).toMatch(/ Block2=14 \| /);
	});

	test("is asked first by a server that is told to", () => {
		const { client } = serving({ get: () => LONG }, { echoFirst: true });
		expect(asks(client, "CON GET 0001 [0102030405060708] Uri-Path=a")).toMatch(/^ACK 4\.01 .* 252=\w{16}$/);
	});

	test("gets a part of a long diagnostic payload", () => {
		const { client } = serving({ get: () => ({ code: Code.CONFLICT, payload: "ä".repeat(50) }) });
		expect(asks(client, "CON GET 0001 Uri-Path=a")).toBe("ACK 4.09 0001 | ääääää");
	});

	test("is not asked to repeat what has changed something", () => {
		let calls = 0;
		const post = () => {
			calls++;
			return LONG;
		};
		const { client } = serving({ post }, { echoFirst: true });
		expect(asks(client, "CON POST 0001 Uri-Path=a")).toBe("ACK 2.04 0001");
		const reply = asks(client, "CON POST 0002 [0102030405060708] Uri-Path=a");
		expect(reply).toMatch(/^ACK 2\.04 .* Block2=8 /);
		expect(asks(client, "CON POST 0003 [0102030405060708] Uri-Path=a Block2=16")).toMatch(/ Block2=24 /);
		expect(calls).toBe(2);
	});

	test("gets no more in a separate response, either", async () => {
		const { pair, client } = serving({ get: async () => LONG });
		const request = "CON GET 0001 [0102030405060708] Uri-Path=a";
		expect(client.sends(request)).toEqual([]);
		for (let i = 0; i < 5; i++) await null;
		const [sent] = pair.drain();
		expect(sent!.text).toMatch(/^ACK 2\.05 .* Block2=8 /);
		expect(sent!.bytes.length).toBeLessThanOrEqual(3 * datagram(request).length);
	});

	test("that observes is told in small blocks, until it acknowledged one, whoever else asked before", () => {
		let state = LONG;
		const pair = new Pair({ amplification: 3, random: seeded(7), confirmEvery: 2 });
		const resource = pair.server.resource("a", { observable: true, get: () => state });
		const client = pair.client();
		asks(client, "CON GET 0001 [0102030405060708] Uri-Path=a Observe=0 Uri-Query=unit=Cel");
		expect(pair.server.observed).toBe(1);
		const becomes = (next: string) => {
			// Another one asks, with a budget of its own, which is too small for any block.
			pair.client(5001).sends(`CON GET ${(0x100 + next.charCodeAt(0)).toString(16).padStart(4, "0")} Uri-Path=a`);
			pair.advance(3_000);
			state = next.repeat(1500);
			resource.changed();
			return pair.drain().at(-1)!;
		};
		const first = becomes("b");
		expect(first.text).toMatch(/^NON 2\.05 .* Observe=1 .* Block2=8 .*\| b{16}$/);
		const second = becomes("c");
		expect(second.text).toMatch(/^CON 2\.05 .* Observe=2 .* Block2=8 .*\| c{16}$/);
		client.sends(`ACK 0.00 ${second.text.split(" ")[2]}`);
		expect(becomes("d").text).toMatch(/^NON 2\.05 .* Observe=3 .* Block2=14 \| d{1024}$/);
		expect(pair.server.observed).toBe(1);
	});

	test("gets /.well-known/core in small blocks, and whole once it showed where it is", () => {
		const { pair, client } = serving({ get: () => "" });
		for (let i = 0; i < 20; i++) pair.server.resource(`sensor-${i}`, { rt: "temperature" });
		const core = "[0102030405060708] Uri-Path=.well-known Uri-Path=core";
		const reply = asks(client, `CON GET 0001 ${core}`);
		expect(reply).toMatch(/ Block2=\d+ 252=/);
		expect(client.sends(`CON GET 0002 ${core} 252=${echoOf(reply)}`)[0]).toMatch("sensor-19");
	});

	test("gets a full block or is asked where it is, however long its request", () => {
		const { pair } = serving({ get: () => LONG });
		for (let length = 0; length < 120; length++) {
			const reply = asks(pair.client(6000 + length), `CON GET 0001 Uri-Path=a Uri-Query=${"q".repeat(length)}`);
			if (reply.startsWith("ACK 4.01")) expect(length).toBeLessThan(8);
			else expect([16, 32, 64, 128, 256]).toContain(reply.split(" | ")[1]!.length);
		}
	});

	test("has no limit where the application says so", () => {
		const { client } = serving({ get: () => LONG }, { amplification: Infinity });
		expect(client.sends("CON GET 0001 Uri-Path=a")[0]).toMatch(/ Block2=14 \| /);
	});
});

describe("a resource that wants to know how old a request is (RFC 9175 §2.3)", () => {
	function actuator() {
		const done: string[] = [];
		const put = ({ text }: { text(): string }) => {
			done.push("put");
			return void text;
		};
		return { done, ...serving({ freshness: 10_000, get: () => "off", fetch: () => "of it", put }) };
	}

	test("takes one that has a fresh value", () => {
		const { client, done } = actuator();
		const reply = client.sends("CON PUT 0001 Uri-Path=a | on")[0]!;
		expect(reply).toMatch(/^ACK 4\.01 0001 252=\w{16}$/);
		expect(done).toEqual([]);
		expect(client.sends(`CON PUT 0002 Uri-Path=a 252=${echoOf(reply)} | on`)).toEqual(["ACK 2.04 0002"]);
		expect(done).toEqual(["put"]);
	});

	test("gives another value for one that is too old, or another's", () => {
		const { pair, client, done } = actuator();
		const echo = echoOf(client.sends("CON PUT 0001 Uri-Path=a | on")[0]!);
		expect(pair.client(5001).sends(`CON PUT 0002 Uri-Path=a 252=${echo} | on`)[0]).toMatch(/^ACK 4\.01/);
		pair.advance(10_500);
		const reply = client.sends(`CON PUT 0003 Uri-Path=a 252=${echo} | on`)[0]!;
		expect(reply).toMatch(/^ACK 4\.01/);
		expect(done).toEqual([]);
		expect(client.sends(`CON PUT 0004 Uri-Path=a 252=${echoOf(reply)} | on`)[0]).toMatch(/^ACK 2\.04/);
	});

	test("does not ask who changes nothing", () => {
		const { client } = actuator();
		expect(client.sends("CON GET 0001 Uri-Path=a")).toEqual(["ACK 2.05 0001 Content-Format=0 | off"]);
		expect(client.sends("CON 0.05 0002 Uri-Path=a")).toEqual(["ACK 2.05 0002 Content-Format=0 | of it"]);
	});

	test("asks for each block of a body", () => {
		const { client, done } = actuator();
		const block = "0123456789abcdef";
		const reply = client.sends(`CON PUT 0001 Uri-Path=a Block1=8 | ${block}`)[0]!;
		expect(reply).toMatch(/^ACK 4\.01/);
		const echo = echoOf(reply);
		expect(client.sends(`CON PUT 0002 Uri-Path=a Block1=8 252=${echo} | ${block}`)[0]).toMatch(/^ACK 2\.31/);
		expect(client.sends(`CON PUT 0003 Uri-Path=a Block1=16 252=${echo} | x`)[0]).toMatch(/^ACK 2\.04/);
		expect(done).toEqual(["put"]);
	});
});

test("amplification below 3 is refused: not every answer could be that short", () => {
	expect(() => new Server({ random: () => 0, amplification: 2 })).toThrow(RangeError);
});

test("values differ from one server to the next", () => {
	const values = [1, 2].map((seed) => {
		const { client } = serving({ get: () => LONG }, { random: seeded(seed) });
		return echoOf(client.sends("CON GET 0001 Uri-Path=a")[0]!);
	});
	expect(new Set(values).size).toBe(2);
	expect(toHex(hex(values[0]!))).toHaveLength(16);
});
