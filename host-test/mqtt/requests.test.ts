// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { type RequestResult, Requests, reply } from "../../src/mqtt/index.ts";
import * as Type from "../../src/mqtt/packet-type.ts";
import type { Properties } from "../../src/mqtt/property.ts";
import { V3_1_1, V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, type PairOptions, puback, publish } from "../support/mqtt-pair.ts";

interface Asking {
	readonly pair: Pair;
	readonly requests: Requests;
	/** What came of the requests, a word or the payload each. */
	readonly results: string[];
	ask(topicName?: string, payload?: string, timeout?: number): boolean;
}

/** A client of 5.0 that is connected to a broker that says `properties`, and asks. */
function asking(properties: Properties = {}, options: PairOptions = {}, responseTopic?: string): Asking {
	const pair = new Pair({ version: V5, answers: false, ...options });
	pair.sends({ ...connack(), properties });
	pair.said();
	const requests = new Requests(pair.client, { random: () => 0.5, ...(responseTopic && { responseTopic }) });
	const results: string[] = [];
	const done = (result: RequestResult) => {
		if (result.outcome === "response") results.push(new TextDecoder().decode(result.message.payload));
		else results.push(result.outcome === "failed" ? result.error.code : result.outcome);
	};
	return {
		pair,
		requests,
		results,
		ask: (topicName = "ask", payload = "?", timeout = 1000) =>
			requests.request(topicName, payload, { timeout }, pair.now, done),
	};
}

const granted = (packetIdentifier: number, reasonCode = 1) => ({
	type: Type.SUBACK,
	packetIdentifier,
	reasonCodes: [reasonCode],
});

/** What the request that was sent last says about its response. */
const last = (pair: Pair) => pair.packets.findLast(({ type }) => type === Type.PUBLISH)!.properties!;

/** The response to it. */
const response = (pair: Pair, payload: string, { responseTopic, correlationData } = last(pair)) =>
	publish(responseTopic!, payload, 0, { properties: { correlationData: correlationData! } });

describe("a request", () => {
	test("is sent when the broker has granted the Response Topic, and has its response by its Correlation Data", () => {
		const { pair, ask, results } = asking();
		expect([ask("ask", "one"), ask("ask", "two")]).toEqual([true, true]);
		expect(pair.said()).toEqual(["SUBSCRIBE 1 responses/test at 1"]);
		pair.sends(granted(1));
		expect(pair.said()).toEqual(["PUBLISH 2 ask=one", "PUBLISH 3 ask=two"]);
		const [one, two] = pair.packets.slice(-2).map(({ properties }) => properties!);
		expect([one!.responseTopic, two!.responseTopic]).toEqual(["responses/test", "responses/test"]);
		pair.sends(response(pair, "second", two), response(pair, "first", one), response(pair, "again", one));
		expect(results).toEqual(["second", "first"]);
		expect(pair.messages).toEqual([]);
		expect(ask("ask", "three")).toBe(true);
		expect(pair.said()).toEqual(["PUBLISH 4 ask=three"]);
	});

	const topics: [name: string, properties: Properties, responseTopic: string | undefined, expected: string][] = [
		["below the broker's Response Information", { responseInformation: "answers/7" }, undefined, "answers/7/test"],
		["below one that ends with /", { responseInformation: "answers/" }, undefined, "answers/test"],
		["with the Assigned Client Identifier", { assignedClientIdentifier: "x1" }, undefined, "responses/x1"],
		["as given", { responseInformation: "answers" }, "mine", "mine"],
	];
	for (const [name, properties, responseTopic, expected] of topics) {
		test(`has its Response Topic ${name}`, () => {
			const { pair, ask } = asking(properties, {}, responseTopic);
			ask();
			pair.sends(granted(1));
			expect(pair.said()[0]).toBe(`SUBSCRIBE 1 ${expected} at 1`);
			expect(last(pair).responseTopic).toBe(expected);
		});
	}

	test("asks the broker for Response Information with an option", () => {
		const { pair } = asking({}, { requestResponseInformation: true });
		expect(pair.packets[0]!.properties).toMatchObject({ requestResponseInformation: 1 });
	});

	test("is given up in time, and a response that comes late is none", () => {
		const { pair, ask, results } = asking();
		ask("ask", "1", 1000);
		pair.sends(granted(1));
		ask("ask", "2", 3000);
		pair.advance(999);
		expect(results).toEqual([]);
		pair.advance(1);
		expect(results).toEqual(["timeout"]);
		const [first] = pair.packets.filter(({ type }) => type === Type.PUBLISH);
		pair.sends(response(pair, "late", first!.properties!), response(pair, "in time"));
		pair.advance(10_000);
		expect(results).toEqual(["timeout", "in time"]);
	});

	test("is given up without a connection, too", () => {
		const { pair, ask, results } = asking();
		ask();
		pair.reachable = false;
		pair.breaks();
		pair.client.close(pair.now);
		pair.advance(1000);
		expect(results).toEqual(["timeout"]);
	});

	test("fails when the broker refuses the Response Topic or the message", () => {
		const { pair, ask, results } = asking();
		ask();
		pair.sends(granted(1, 0x87));
		expect(results).toEqual(["SUBSCRIPTION_REFUSED"]);
		ask();
		pair.sends(granted(2), puback(3, Type.PUBACK, 0x87));
		pair.advance(0);
		expect(results).toEqual(["SUBSCRIPTION_REFUSED", "PUBLISH_REFUSED"]);
	});

	test("after a reconnection subscribes first, and a response to one before it still counts", () => {
		const { pair, ask, results } = asking({}, { cleanStart: false });
		ask("ask", "1", 60_000);
		pair.sends(granted(1), puback(2));
		const before = last(pair);
		pair.breaks();
		pair.advance(1000);
		pair.sends(connack(true));
		pair.said();
		ask("ask", "2", 60_000);
		expect(pair.said()).toEqual(["SUBSCRIBE 3 responses/test at 1"]);
		pair.sends(response(pair, "first", before), granted(3));
		expect(pair.said()).toEqual(["PUBLISH 4 ask=2"]);
		expect(results).toEqual(["first"]);
	});

	test("is not taken without connection, nor by a broker of 3.1.1, nor when it cannot be sent", () => {
		const { pair, ask, requests } = asking();
		expect(() => ask("ask/#")).toThrow(/topic name/);
		expect(() => ask("ask", "\ud800")).toThrow(/surrogate/);
		expect(() => ask("ask", "1", -1)).toThrow(/timeout/);
		const properties = { topicAlias: 1 } as object;
		expect(() => requests.request("ask", "1", { properties }, 0, () => {})).toThrow(/property of a message/);
		expect(pair.said()).toEqual([]);
		pair.breaks();
		expect(ask()).toBe(false);
		expect(() => asking({}, { version: V3_1_1 }).ask()).toThrow(/speaks 5.0, got 3.1.1/);
		expect(() => asking({}, {}, "a/+")).toThrow(/topic name/);
	});

	test("is not taken when the queue is full", () => {
		const { pair, ask, results } = asking({}, { maximumQueuedMessages: 1 });
		ask();
		pair.sends(granted(1));
		expect(ask()).toBe(false);
		pair.advance(5000);
		expect(results).toEqual(["timeout"]);
	});
});

describe("reply", () => {
	test("goes to the Response Topic with the Correlation Data", () => {
		const pair: Pair = new Pair({ version: V5, onMessage: (message) => void reply(pair.client, message, "yes") });
		const correlationData = Uint8Array.of(1, 2, 3);
		pair.said();
		pair.sends(publish("ask", "?", 0, { properties: { responseTopic: "to/me", correlationData } }));
		pair.sends(publish("ask", "?", 0, { properties: { responseTopic: "to/you" } }));
		expect(pair.said()).toEqual(["PUBLISH to/me=yes", "PUBLISH to/you=yes"]);
		expect(pair.packets.slice(-2).map(({ properties }) => properties)).toEqual([{ correlationData }, undefined]);
	});

	test("to what asks for none is a mistake that breaks nothing", () => {
		const pair: Pair = new Pair({ version: V5, onMessage: (message) => void reply(pair.client, message, "yes") });
		pair.sends(publish("ask", "?"));
		expect(pair.errors[0]!.message).toMatch(/Response Topic, got none/);
		expect(pair.client.connected).toBe(true);
	});
});
