// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import type { DNSSD } from "../../src/device.ts";
import { TimedDriver } from "../../src/drive/index.ts";
import { Local, type LocalOptions } from "../../src/network/index.ts";
import { FakeDNSSD } from "../support/fake-dnssd.ts";
import { FakePlatform } from "../support/fake-platform.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A thing called `lamp`; `said` is what it said aloud. */
function setUp(options: Partial<LocalOptions> = {}) {
	const platform = new FakePlatform();
	const dnssd = new FakeDNSSD(platform);
	const said: string[] = [];
	const local = new Local({
		name: "lamp",
		title: "Reading lamp",
		port: 5683,
		open: dnssd.open,
		random: platform.random,
		onName: (name, taken) => said.push([name, ...taken].join(" not ")),
		onError: (error) => said.push(String(error)),
		...options,
	});
	new TimedDriver(local, platform);
	return { platform, dnssd, said, local, online: () => local.online(platform.now()) };
}

test("nothing is asked while there is no network", () => {
	const { platform, dnssd } = setUp();
	platform.pass(MINUTE);
	expect(dnssd.calls).toEqual([]);
});

test("with a network the name is claimed, and then both services are advertised (RFC 6763)", () => {
	const { platform, dnssd, said, online } = setUp();
	online();
	platform.pass(900);
	expect(dnssd.calls).toEqual(["open", "claim lamp"]);
	expect(said).toEqual([]);
	platform.pass(SECOND);
	expect(dnssd.calls.slice(2)).toEqual([
		"advertise _coap._udp lamp 5683 title=Reading lamp",
		"advertise _wot._udp lamp 5683 title=Reading lamp,td=/.well-known/wot,type=Thing,scheme=coap",
	]);
	expect(said).toEqual(["lamp"]);
	platform.pass(60 * MINUTE);
	expect([dnssd.calls.length, platform.armed]).toEqual([4, 0]);
});

test("a name that is taken gets a number, which is said aloud (RFC 6762 §9)", () => {
	const { platform, dnssd, said, online } = setUp();
	for (const name of ["lamp", "lamp-2"]) dnssd.taken.add(name);
	online();
	platform.pass(20 * SECOND);
	expect(said).toEqual(["lamp-3 not lamp not lamp-2"]);
	expect(dnssd.names).toEqual(["lamp-3"]);
	expect(dnssd.services).toEqual(["_coap._udp lamp-3", "_wot._udp lamp-3"]);
});

test("a number does not make a name longer than 32 characters", () => {
	const { platform, dnssd, said, online } = setUp({ name: "a".repeat(32) });
	dnssd.taken.add("a".repeat(32));
	online();
	platform.pass(20 * SECOND);
	expect(said[0]!.split(" ")[0]).toBe(`${"a".repeat(30)}-2`);
});

test("whoever has all names is asked ever less often, and never more than once a second (RFC 6762 §8.1)", () => {
	const { platform, dnssd, online } = setUp();
	dnssd.all = true;
	online();
	platform.pass(10 * SECOND);
	const first = dnssd.calls.length;
	expect(first).toBeLessThan(15);
	platform.pass(10 * MINUTE);
	const claims = dnssd.calls.length - first;
	expect(claims).toBeGreaterThan(60);
	expect(claims).toBeLessThan(240);
});

test("what was said is taken back when the network goes, and said again with the next", () => {
	const { platform, dnssd, said, local, online } = setUp();
	dnssd.taken.add("lamp");
	online();
	platform.pass(10 * SECOND);
	local.offline();
	expect([dnssd.opened, dnssd.names, dnssd.services]).toEqual([0, [], []]);
	platform.pass(MINUTE);
	expect(platform.armed).toBe(0);
	// Whoever had the name is in another network.
	dnssd.taken.clear();
	online();
	platform.pass(10 * SECOND);
	expect(said).toEqual(["lamp-2 not lamp", "lamp"]);
});

test("another address begins anew, and nothing of before is left open", () => {
	const { platform, dnssd, said, online } = setUp();
	online();
	platform.pass(500);
	online();
	platform.pass(10 * SECOND);
	expect(said).toEqual(["lamp"]);
	expect([dnssd.opened, dnssd.names]).toEqual([1, ["lamp"]]);
});

for (const time of [0, 100, 500, 1240, 1300])
	test(`a network that goes after ${time} ms leaves nothing behind`, () => {
		const { platform, dnssd, said, local, online } = setUp();
		online();
		platform.pass(time);
		local.offline();
		platform.pass(MINUTE);
		expect([dnssd.opened, dnssd.names, dnssd.services, platform.armed]).toEqual([0, [], [], 0]);
		expect(said.filter((name) => name !== "lamp")).toEqual([]);
	});

test("what is told of a name that is wanted no more is not heard", () => {
	const claims: Parameters<DNSSD["claim"]>[0][] = [];
	const open = () => ({
		claim(options: Parameters<DNSSD["claim"]>[0]) {
			claims.push(options);
			return { close() {} };
		},
		advertise: () => ({ close() {} }),
		close() {},
	});
	const { platform, said, local, online } = setUp({ open });
	online();
	platform.pass(300);
	local.offline();
	claims[0]!.onReady();
	claims[0]!.onError();
	platform.pass(MINUTE);
	expect([claims.length, said]).toEqual([1, []]);
});

test("a device without a socket left says so, and tries with the next network", () => {
	const { platform, dnssd, said, online } = setUp();
	dnssd.failure = new Error("no socket");
	online();
	platform.pass(MINUTE);
	expect(said.splice(0)).toEqual(["Error: no socket"]);
	dnssd.failure = undefined;
	online();
	platform.pass(MINUTE);
	expect(said).toEqual(["lamp"]);
});

test("what the SDK throws is said, and ends it", () => {
	const { platform, dnssd, said, online } = setUp();
	dnssd.throws = new Error("memory full");
	online();
	platform.pass(MINUTE);
	expect(said).toEqual(["Error: memory full"]);
	expect([dnssd.opened, platform.armed]).toEqual([0, 0]);
});

test("a long title is cut between characters: a string of TXT has 255 bytes (RFC 6763 §6.1)", () => {
	const { platform, dnssd, online } = setUp({ title: "💡".repeat(100) });
	online();
	platform.pass(10 * SECOND);
	expect(dnssd.calls.at(-2)).toBe(`advertise _coap._udp lamp 5683 title=${"💡".repeat(60)}`);
});
