// SPDX-License-Identifier: MIT
// What is newer, over a reboot as well (RFC 7641 §3.4, §4.4).
import { expect, test } from "vitest";
import { REGISTER, thermometer } from "../support/coap-thermometer.ts";

/** Whether a client takes `later` for newer than `earlier` (RFC 7641 §3.4), less than 128 s having passed. */
function newer(earlier: number, later: number): boolean {
	const half = 2 ** 23;
	return (earlier < later && later - earlier < half) || (earlier > later && earlier - later > half);
}

/** The Observe numbers of a server that starts at `sequence`: of a registration, and of notifications. */
function numbers(sequence: number, notifications: number): number[] {
	const { client, pair, later } = thermometer({ sequence, confirmEvery: 1_000_000 });
	client.sends(REGISTER);
	for (let i = 0; i < notifications; i++) later(`${i}`);
	return pair.sent.map(({ text }) => Number(/Observe=(\d+)/.exec(text)![1]));
}

for (const start of [0, 1_790_000_000, 0xffffff, 0xfffff0 - 20])
	test(`a server that starts at the seconds of the clock, ${start}, tells newer from older over reboots (RFC 7641 §4.4) [CoAP-9.6]`, () => {
		// 30 notifications, 3 s apart, before each reboot, which takes 5 s.
		const all = [0, 95, 190].flatMap((seconds) => numbers(start + seconds, 30));
		for (let i = 1; i < all.length; i++) expect(newer(all[i - 1]!, all[i]!)).toBe(true);
	});

test("a server that keeps its number starts after it", () => {
	const [before] = numbers(41, 3).slice(-1);
	expect(numbers(before! + 1, 0)).toEqual([45]);
});
