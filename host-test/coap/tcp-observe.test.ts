// SPDX-License-Identifier: MIT
// Observing over TCP: RFC 7641, RFC 8323 appendix A.
import { describe, expect, test } from "vitest";
import { type Answer, Code, type Resource } from "../../src/coap/index.ts";
import { LONG, only, serving, settle } from "../support/coap-over-tcp.ts";

describe("an observer over TCP (RFC 8323 appendix A)", () => {
	function observing() {
		const made = serving();
		let value: Answer = "20";
		const counts: number[] = [];
		const resource = made.server.resource("t", {
			get: () => value,
			observe: (count) => void counts.push(count),
		});
		const stream = made.connects();
		const becomes = (next: Answer) => {
			value = next;
			resource.changed();
			return stream.takes();
		};
		return { ...made, stream, becomes, resource, counts };
	}
	const REGISTER = "GET [aa] Uri-Path=t Observe=0";

	test("is told each change", () => {
		const { stream, becomes, counts } = observing();
		expect(stream.sends(REGISTER)).toEqual(["2.05 [aa] Observe=0 Content-Format=0 | 20"]);
		expect(becomes("21")).toEqual(["2.05 [aa] Observe=1 Content-Format=0 | 21"]);
		expect(becomes("22")).toEqual(["2.05 [aa] Observe=2 Content-Format=0 | 22"]);
		expect(counts).toEqual([1]);
	});

	test("is told the newest state when there were several", () => {
		const { stream, becomes, resource } = observing();
		stream.sends(REGISTER);
		resource.changed();
		resource.changed();
		expect(becomes("23")).toEqual(["2.05 [aa] Observe=1 Content-Format=0 | 23"]);
	});

	test("is told no more after a GET with Observe 1", () => {
		const { stream, becomes, counts } = observing();
		stream.sends(REGISTER);
		expect(stream.sends("GET [aa] Uri-Path=t Observe=1")).toEqual(["2.05 [aa] Content-Format=0 | 20"]);
		expect(becomes("21")).toEqual([]);
		expect(counts).toEqual([1, 0]);
	});

	test("may observe what a FETCH asks for (RFC 8132 §2.4)", () => {
		const { server, connects } = serving();
		let state = 1;
		const resource = server.resource("f", {
			observable: true,
			get: () => "",
			fetch: (request) => `${request.text()}${state}`,
		});
		const stream = connects();
		expect(stream.sends("0.05 [aa] Uri-Path=f Observe=0 | x")).toEqual(["2.05 [aa] Observe=0 Content-Format=0 | x1"]);
		state = 2;
		resource.changed();
		expect(stream.takes()).toEqual(["2.05 [aa] Observe=1 Content-Format=0 | x2"]);
		stream.sends("0.05 [aa] Uri-Path=f Observe=1 | x");
		resource.changed();
		expect(stream.takes()).toEqual([]);
	});

	test("is one when it registers twice", () => {
		const { stream, becomes, counts } = observing();
		stream.sends(REGISTER, REGISTER);
		expect(becomes("21")).toHaveLength(1);
		expect(counts.at(-1)).toBe(1);
	});

	test("is told that it is over when there is an error (RFC 7641 §4.2)", () => {
		const { stream, becomes, counts } = observing();
		stream.sends(REGISTER);
		only(becomes({ code: Code.NOT_FOUND }), /^4\.04 \[aa\]/);
		expect(becomes("21")).toEqual([]);
		expect(counts).toEqual([1, 0]);
	});

	test("is forgotten with its connection", () => {
		const { stream, counts } = observing();
		stream.sends(REGISTER);
		stream.sends("7.05");
		expect(counts).toEqual([1, 0]);
	});

	test("finds room, or is answered without Observe (RFC 7641 §4.1)", () => {
		const { stream } = observing();
		for (let i = 0; i < 8; i++) expect(stream.sends(`GET [0${i}] Uri-Path=t Observe=0`)[0]).toMatch("Observe=");
		expect(stream.sends("GET [08] Uri-Path=t Observe=0")).toEqual(["2.05 [08] Content-Format=0 | 20"]);
	});

	test("is told a promised state when it is there", async () => {
		const { stream, becomes } = observing();
		stream.sends(REGISTER);
		expect(becomes(Promise.resolve("21"))).toEqual([]);
		await settle();
		expect(stream.takes()).toEqual(["2.05 [aa] Observe=1 Content-Format=0 | 21"]);
	});

	test("is told what came while a promise was waited for", async () => {
		const { stream, becomes } = observing();
		stream.sends(REGISTER);
		let resolve: (value: string) => void = () => {};
		becomes(
			new Promise<string>((done) => {
				resolve = done;
			}),
		);
		expect(becomes("22")).toEqual([]);
		resolve("21");
		await settle();
		expect(stream.takes().map((message) => message.split(" | ")[1])).toEqual(["21", "22"]);
	});

	test("is told once when a GET handler announces its own resource", () => {
		const { server, connects } = serving();
		const resource: Resource = server.resource("self", {
			observable: true,
			get() {
				resource.changed();
				return "x";
			},
		});
		const stream = connects();
		stream.sends("GET [aa] Uri-Path=self Observe=0");
		stream.takes();
		resource.changed();
		expect(stream.takes()).toHaveLength(1);
		expect(stream.takes()).toEqual([]);
	});

	test("is told a long state in its first block", () => {
		const { stream, becomes } = observing();
		stream.sends(REGISTER);
		only(becomes(LONG), /^2\.05 \[aa\] ETag=\w+ Observe=1 .* Block2=14 \| /);
	});

	test("is told no sooner than c.pmin and no later than c.pmax", () => {
		const { stream, becomes } = observing();
		stream.sends("GET [aa] Uri-Path=t Observe=0 Uri-Query=c.pmin=10 Uri-Query=c.pmax=60");
		expect(becomes("21")).toEqual([]);
		expect(stream.advance(9_999)).toEqual([]);
		only(stream.advance(1), / \| 21$/);
		expect(stream.advance(59_999)).toEqual([]);
		only(stream.advance(1), / \| 21$/);
	});

	test("does not disturb one over UDP", () => {
		const { server, stream, becomes } = observing();
		stream.sends(REGISTER);
		const from = { address: "192.0.2.9", port: 1 };
		const get = Uint8Array.of(0x41, 1, 0, 1, 0xbb, 0x60, 0x51, 0x74);
		expect(server.receive(get, from, 0)).toBeDefined();
		expect(becomes("21")).toHaveLength(1);
		const to = { address: "", port: 0 };
		expect(server.transmit(to, 5_000)).toBeDefined();
		expect(to.address).toBe("192.0.2.9");
	});
});
