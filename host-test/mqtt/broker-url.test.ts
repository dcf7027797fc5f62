// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { brokerUrl, parseBroker } from "../../src/mqtt/index.ts";

describe("a broker's URL", () => {
	const understood: [url: string, address: object][] = [
		["mqtt://localhost", { host: "localhost", port: 1883 }],
		["mqtt://10.0.0.7:18830/", { host: "10.0.0.7", port: 18830 }],
		["MQTTS://broker.local", { host: "broker.local", port: 8883, tls: {} }],
		["ws://broker.local", { host: "broker.local", port: 80, webSocket: { path: "/mqtt" } }],
		["ws://broker.local/", { host: "broker.local", port: 80, webSocket: { path: "/" } }],
		["wss://b:8084/a/b?token=x:@y", { host: "b", port: 8084, tls: {}, webSocket: { path: "/a/b?token=x:@y" } }],
		["wss://b?token=x", { host: "b", port: 443, tls: {}, webSocket: { path: "/mqtt?token=x" } }],
		["mqtt://me@b", { host: "b", port: 1883, username: "me" }],
		["mqtt://me:@b", { host: "b", port: 1883, username: "me", password: "" }],
		["mqtts://m%40e:p%3A%2F%C3%A9@b", { host: "b", port: 8883, tls: {}, username: "m@e", password: "p:/é" }],
		["mqtt://me:a:b@b", { host: "b", port: 1883, username: "me", password: "a:b" }],
	];
	for (const [url, address] of understood)
		test(`is understood: ${url}`, () => {
			expect(parseBroker(url)).toEqual(address);
		});

	const EXPECTED = "expected mqtt://, mqtts://, ws:// or wss://, then [user:password@]host[:port], got";
	const refused: [url: string, message: string][] = [
		["", `${EXPECTED} ""`],
		["localhost", `${EXPECTED} "localhost"`],
		["http://b", `${EXPECTED} "http://b"`],
		["mqtt://b:port", `${EXPECTED} "mqtt://b:port"`],
		["mqtt://me:p@ss@b", `${EXPECTED} "mqtt://…@b"`],
		["mqtt://[::1]:1883", "expected a name or an IPv4 address, got the IPv6 address [::1]"],
		["mqtt://", 'expected a name or an IPv4 address, got "" in "mqtt://"'],
		["mqtt://me:secret@b ad", 'expected a name or an IPv4 address, got "b ad" in "mqtt://…@b ad"'],
		["mqtt://b:0", 'expected a port from 1 to 65535, got 0 in "mqtt://b:0"'],
		["ws://b:65536/mqtt", 'expected a port from 1 to 65535, got 65536 in "ws://b:65536/mqtt"'],
		["mqtt://b/topic", 'expected no path after the host of mqtt://, got "/topic"'],
		["ws://b/mqtt#part", 'expected a URL without a fragment, got "ws://b/mqtt#part"'],
		["mqtt://m%:secret@b", "expected a percent-encoded user before the host, such as %25 for %, got another %"],
		["mqtt://me:%zz@b", "expected a percent-encoded password before the host, such as %25 for %, got another %"],
	];
	for (const [url, message] of refused)
		test(`is refused with what was expected: ${url}`, () => {
			expect(() => parseBroker(url)).toThrow(TypeError);
			expect(() => parseBroker(url)).toThrow(message);
		});

	test("is written without user and password", () => {
		for (const url of ["mqtt://b:1", "mqtts://b:2", "ws://b:3/mqtt", "wss://b:4/a?b"]) {
			expect(brokerUrl(parseBroker(url))).toBe(url);
			expect(brokerUrl(parseBroker(url.replace("//", "//me:secret@")))).toBe(url);
		}
	});
});
