// SPDX-License-Identifier: MIT
// What follows from answers that are promised: room for them, preconditions, observation.
import { describe, expect, test } from "vitest";
import { Code, type ServerOptions } from "../../src/coap/index.ts";
import { Pair } from "../support/coap-pair.ts";
import { slow } from "../support/coap-slow.ts";
import { settle } from "../support/promised.ts";

const GET = "CON GET 0001 [aa] Uri-Path=slow";

describe("when too many answers are promised", () => {
	test("an endpoint that has half of the room is answered 4.29 with Max-Age, another one is served (RFC 8516 §3) [CoAP-12.4] [CoAP-4.6]", async () => {
		const { pair, client, asked, answer } = slow({ promises: 4 });
		for (const id of [1, 2]) expect(client.sends(`CON GET 000${id} Uri-Path=slow`)).toEqual([]);
		expect(client.sends("CON GET 0003 Uri-Path=slow")).toEqual(["ACK 4.29 0003 Max-Age=2"]);
		expect(pair.client(5001).sends("CON GET 0001 Uri-Path=slow")).toEqual([]);
		expect(asked()).toBe(3);
		await answer("x");
		expect(client.sends("CON GET 0004 Uri-Path=slow")).toEqual([]);
	});

	test("a request is answered 5.03 with Max-Age, before its handler runs (RFC 7252 §5.9.3.4) [CoAP-12.5]", () => {
		const { pair, client, asked } = slow({ promises: 2 });
		client.sends(GET);
		pair.client(5001).sends(GET);
		expect(pair.client(5002).sends(GET)).toEqual(["ACK 5.03 0001 [aa] Max-Age=2"]);
		expect(asked()).toBe(2);
		expect(client.sends("CON GET 0002 Uri-Path=quick")[0]).toMatch("2.05");
	});
});

describe("a conditional request", () => {
	const etag = Uint8Array.of(1);

	test("whose GET is promised runs when that says so, and is refused when it does not (RFC 7252 §5.10.8)", async () => {
		let puts = 0;
		const pair = new Pair();
		pair.server.resource("a", {
			get: async () => ({ payload: "x", etag }),
			put() {
				puts++;
				return undefined;
			},
		});
		const client = pair.client();
		for (const [id, tag, code] of [
			[1, "01", "2.04"],
			[2, "02", "4.12"],
		]) {
			expect(client.sends(`CON PUT 000${id} Uri-Path=a If-Match=${tag}`)).toEqual([]);
			await settle();
			expect(pair.drain().map(({ text }) => text)).toEqual([`ACK ${code} 000${id}`]);
		}
		expect(puts).toBe(1);
	});

	test("with If-None-Match is done when GET finds nothing (RFC 7252 §5.10.8.2)", () => {
		const pair = new Pair();
		const files = new Map<string, string>();
		pair.server.resource("files/:name", {
			get: ({ params }) => files.get(params.name!) ?? { code: Code.NOT_FOUND },
			put(request) {
				files.set(request.params.name!, request.text());
				return { code: Code.CREATED };
			},
		});
		const client = pair.client();
		const put = "Uri-Path=files Uri-Path=a If-None-Match= | x";
		expect(client.sends(`CON PUT 0001 ${put}`)).toEqual(["ACK 2.01 0001"]);
		expect(client.sends(`CON PUT 0002 ${put}`)).toEqual(["ACK 4.12 0002"]);
		expect(client.sends("CON PUT 0003 Uri-Path=files Uri-Path=b If-Match= | x")).toEqual(["ACK 4.12 0003"]);
	});
});

describe("a handler that returns nothing", () => {
	test("or a promise of it, is a success", async () => {
		const pair = new Pair();
		let light = "off";
		const turnOn = (): void => {
			light = "on";
		};
		const turnOff = async (): Promise<void> => {
			light = "off";
		};
		pair.server.resource("light", { get: () => light, put: turnOn, delete: turnOff });
		expect(pair.client().sends("CON PUT 0001 Uri-Path=light")).toEqual(["ACK 2.04 0001"]);
		expect(light).toBe("on");
		expect(pair.client().sends("CON DELETE 0002 Uri-Path=light")).toEqual([]);
		await settle();
		expect(pair.drain().map(({ text }) => text)).toEqual(["ACK 2.02 0002"]);
		expect(light).toBe("off");
	});
});

describe("an observer of what is promised", () => {
	const REGISTER = "CON GET 0001 [aa] Uri-Path=slow Observe=0";

	/** `/slow` is observed, and was 20 at first. */
	async function observed(options: Partial<ServerOptions> = {}) {
		const served = slow(options, { observable: true });
		served.client.sends(REGISTER);
		expect(await served.answer("20")).toEqual(["ACK 2.05 0001 [aa] Observe=0 Content-Format=0 | 20"]);
		/** Announces a change; returns what is sent at once. */
		const change = () => {
			served.resource.changed();
			return served.pair.drain().map(({ text }) => text);
		};
		return { ...served, change };
	}

	test("is registered by the response, and told what comes then (RFC 7641 §4.1)", async () => {
		const { pair, change, answer } = await observed();
		expect(pair.server.observed).toBe(1);
		expect(change()).toEqual([]);
		expect((await answer("21"))[0]).toMatch(/^NON 2.05 100\d \[aa\] Observe=\d Content-Format=0 \| 21$/);
	});

	test("is registered by a separate response, of which a RST removes it (RFC 7641 §3.6)", async () => {
		const { pair, client, resource, answer } = slow({}, { observable: true });
		client.sends(REGISTER);
		pair.advance(1_000);
		expect(await answer("20")).toEqual(["CON 2.05 1000 [aa] Observe=0 Content-Format=0 | 20"]);
		expect([pair.server.observed, resource.observed]).toEqual([1, 1]);
		client.sends("RST 0.00 1000");
		expect([pair.server.observed, resource.observed]).toEqual([0, 0]);
		expect(pair.advance(1_000_000)).toEqual([]);
	});

	test("is told of a change that happened while the first answer was waited for", async () => {
		const { pair, client, resource, waiting, answer } = slow({}, { observable: true });
		client.sends(REGISTER);
		resource.changed();
		await answer("20");
		expect(waiting).toHaveLength(1);
		expect((await answer("21"))[0]).toMatch("| 21");
		expect(pair.drain()).toEqual([]);
	});

	test("is not registered by an error", async () => {
		const { pair, client, answer } = slow({}, { observable: true });
		client.sends(REGISTER);
		expect(await answer({ code: Code.NOT_FOUND })).toEqual(["ACK 4.04 0001 [aa]"]);
		expect(pair.server.observed).toBe(0);
	});

	test("asks its handler for one state at a time, and is told the newest in the end", async () => {
		const { pair, change, asked, waiting, answer } = await observed();
		for (let i = 0; i < 10; i++) expect(change()).toEqual([]);
		expect([asked(), waiting.length]).toEqual([2, 1]);
		expect((await answer("21"))[0]).toMatch("| 21");
		pair.advance(3_000);
		pair.drain();
		expect(waiting).toHaveLength(1);
		expect((await answer("22"))[0]).toMatch("| 22");
		expect([waiting.length, pair.drain().length]).toEqual([0, 0]);
	});

	test("does not keep others from their notifications", async () => {
		const { pair, client, change } = await observed();
		const light = pair.server.resource("light", { observable: true, get: () => "on" });
		client.sends("CON GET 0002 [bb] Uri-Path=light Observe=0");
		change();
		light.changed();
		expect(pair.drain().map(({ text }) => text.slice(-2))).toEqual(["on"]);
	});

	test("that registers anew is not told what was promised before", async () => {
		const { client, change, waiting, answer } = await observed();
		change();
		client.sends("CON GET 0002 [aa] Uri-Path=slow Observe=0");
		const [before] = waiting.splice(0, 1);
		expect(await answer("22")).toHaveLength(1);
		before!.resolve("21");
		await settle();
		expect(change()).toEqual([]);
	});

	test("is removed by a promise that is rejected, with 5.00 in a CON (RFC 7641 §4.2)", async () => {
		const { pair, client, change, fail } = await observed();
		change();
		const sent = await fail(new Error("the sensor is gone"));
		expect(sent[0]).toMatch(/^CON 5.00 .... \[aa\]$/);
		expect(pair.errors.map(({ message }) => message)).toEqual(["GET slow: the sensor is gone"]);
		client.sends(`ACK 0.00 ${sent[0]!.split(" ")[2]}`);
		expect(pair.server.observed).toBe(0);
	});
});

describe("a resource that is told who looks", () => {
	test("hears of the first observer and of the last one that went (observe)", () => {
		const counts: number[] = [];
		const { pair, client } = slow({}, { get: () => "x", observe: (observers) => counts.push(observers) });
		const observe = (id: number, value: number) =>
			client.sends(`CON GET 000${id} [0${id % 2}] Uri-Path=slow Observe=${value}`);
		observe(1, 0);
		observe(2, 0);
		observe(3, 0);
		expect(counts).toEqual([1, 2]);
		observe(4, 1);
		observe(5, 1);
		expect(counts).toEqual([1, 2, 1, 0]);
		expect(pair.server.observed).toBe(0);
	});

	test("is reported when it throws", () => {
		const { pair, client } = slow(
			{},
			{
				get: () => "x",
				observe() {
					throw new Error("no power");
				},
			},
		);
		expect(client.sends("CON GET 0001 Uri-Path=slow Observe=0")[0]).toMatch("Observe=0");
		expect(pair.errors.map(({ message }) => message)).toEqual(["observe slow: no power"]);
	});
});
