// SPDX-License-Identifier: MIT
// CoRE link format (RFC 6690) at /.well-known/core.
import { describe, expect, test } from "vitest";
import { Pair } from "../support/coap-pair.ts";

const get = () => "x";

function house() {
	const pair = new Pair();
	pair.server.resource("temperature", {
		rt: "temperature ucum:Cel",
		if: "core.s",
		ct: [0, 50, 110],
		observable: true,
		title: "Temperature",
		get,
	});
	pair.server.resource("led/red", { rt: "light", if: "core.a", ct: [0], get });
	pair.server.resource("led/green", { if: "core.a", get });
	return pair;
}

const TEMPERATURE = '</temperature>;rt="temperature ucum:Cel";if="core.s";ct="0 50 110";obs;title="Temperature"';
const RED = '</led/red>;rt="light";if="core.a";ct=0';
const GREEN = '</led/green>;if="core.a"';

/** What discovery answers, with or without filters. */
function discover(pair: Pair, ...filters: string[]): string {
	const query = filters.map((filter) => ` Uri-Query=${filter}`).join("");
	return pair.client().sends(`CON GET 0001 Uri-Path=.well-known Uri-Path=core${query}`)[0]!;
}

describe("/.well-known/core", () => {
	test("lists all resources in link format, Content-Format 40 (RFC 6690 §4) [CoAP-11.1]", () => {
		expect(discover(house())).toBe(`ACK 2.05 0001 Content-Format=40 | ${TEMPERATURE},${RED},${GREEN}`);
	});

	const FILTERS: [filters: string[], links: string[]][] = [
		[["rt=light"], [RED]],
		[["rt=temperature"], [TEMPERATURE]],
		[["rt=ucum:Cel"], [TEMPERATURE]],
		[["rt=temp"], []],
		[["rt=temp*"], [TEMPERATURE]],
		[["rt=ucum*"], [TEMPERATURE]],
		[["rt=*"], [TEMPERATURE, RED]],
		[["rt"], [TEMPERATURE, RED]],
		[["if=core.a"], [RED, GREEN]],
		[["if=core.*"], [TEMPERATURE, RED, GREEN]],
		[["href=/led/red"], [RED]],
		[["href=/led*"], [RED, GREEN]],
		[["href=/led"], []],
		[["href=*"], [TEMPERATURE, RED, GREEN]],
		[["ct=50"], [TEMPERATURE]],
		[["ct=0"], [TEMPERATURE, RED]],
		[["ct=5"], []],
		[["obs"], [TEMPERATURE]],
		[["title=Temperature"], [TEMPERATURE]],
		[["title=Temp*"], [TEMPERATURE]],
		[["if=core.a", "rt=light"], [RED]],
		[["anchor=/x"], []],
		[["toString=*"], []],
	];
	for (const [filters, links] of FILTERS)
		test(`filtered by ${filters.join(" and ")} lists ${links.length} (RFC 6690 §4.1) [CoAP-11.2] [CoAP-11.3] [CoAP-11.4]`, () => {
			const payload = links.length ? ` | ${links.join(",")}` : "";
			expect(discover(house(), ...filters)).toBe(`ACK 2.05 0001 Content-Format=40${payload}`);
		});

	test("quotes what is in quotes, and escapes what a URI may not hold (RFC 6690 §2)", () => {
		const pair = new Pair();
		pair.server.resource("ä b/c", { title: 'the "big" one \\o/', get });
		expect(discover(pair)).toBe('ACK 2.05 0001 Content-Format=40 | </%C3%A4%20b/c>;title="the \\"big\\" one \\\\o/"');
		expect(discover(pair, "href=/ä*")).toMatch("</%C3%A4");
	});

	test("is empty where there are no resources", () => {
		expect(discover(new Pair())).toBe("ACK 2.05 0001 Content-Format=40");
	});

	test("does not take another format than 40", () => {
		const request = "CON GET 0001 Uri-Path=.well-known Uri-Path=core Accept";
		expect(house().client().sends(`${request}=50`)).toEqual(["ACK 4.06 0001"]);
		expect(house().client().sends(`${request}=40`)[0]).toMatch("2.05");
	});

	test("is read-only", () => {
		expect(house().client().sends("CON PUT 0001 Uri-Path=.well-known Uri-Path=core | x")).toEqual(["ACK 4.05 0001"]);
	});

	test("may be served by the application itself", () => {
		const pair = house();
		pair.server.resource(".well-known/core", { ct: [40], get: () => "</mine>" });
		expect(discover(pair)).toBe("ACK 2.05 0001 Content-Format=40 | </mine>");
		expect(() => pair.server.resource(".well-known/core", {})).toThrow(TypeError);
	});

	test("may be turned off", () => {
		expect(discover(new Pair({ discovery: false }))).toBe("ACK 4.04 0001");
	});

	test("is sent in blocks when it is long (RFC 7959)", () => {
		const pair = new Pair();
		for (let i = 0; i < 60; i++) pair.server.resource(`resource/${i}`, { title: `Resource ${i}`, get });
		let links = "";
		for (let num = 0; ; num++) {
			const reply = pair
				.client()
				.sends(`CON GET 00${10 + num} Uri-Path=.well-known Uri-Path=core Block2=${num * 16 + 6}`)[0]!;
			links += reply.slice(reply.indexOf(" | ") + 3);
			if (reply.includes(`Block2=${num * 16 + 6} `)) break;
		}
		expect(links.split(",")).toHaveLength(60);
		expect(links).toMatch('</resource/59>;title="Resource 59"');
	});
});
