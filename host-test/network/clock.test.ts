// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { TimedDriver } from "../../src/drive/index.ts";
import { Clock, type ClockOptions } from "../../src/network/index.ts";
import { FakePlatform } from "../support/fake-platform.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.UTC(2026, 5, 17);

/** A clock that shows 1970; `asked` is who was asked, when; the test answers with `done`. */
function setUp(options: Partial<ClockOptions> = {}) {
	const platform = new FakePlatform();
	const asked: string[] = [];
	const said: string[] = [];
	const wall = { time: 0 };
	const questions: ((time: number | undefined) => void)[] = [];
	const clock = new Clock({
		servers: ["one", "two"],
		ask(server, done) {
			asked.push(`${Math.round(platform.time / 1000)} ${server}`);
			questions.push(done);
			return () => said.push(`end ${server}`);
		},
		read: () => wall.time,
		set(time) {
			wall.time = time;
			said.push(`set ${time}`);
		},
		random: platform.random,
		onError: ({ message }) => said.push(message),
		...options,
	});
	clock.onSet = () => said.push("told");
	new TimedDriver(clock, platform);
	const answer = (time: number | undefined) => {
		questions.at(-1)!(time);
		platform.pass(0);
	};
	return {
		platform,
		clock,
		asked,
		said: () => said.splice(0).filter((line) => !line.startsWith("end ")),
		ended: () => said.filter((line) => line.startsWith("end ")).length,
		answer,
		questions,
		wall,
	};
}

test("it is set when there is a network, and once a day from then on", () => {
	const { platform, clock, asked, said, answer } = setUp();
	platform.pass(MINUTE);
	expect(asked).toEqual([]);
	expect(clock.set).toBe(false);
	clock.online(platform.now());
	answer(NOW);
	expect(said()).toEqual([`set ${NOW}`, "told"]);
	expect(clock.set).toBe(true);
	platform.pass(DAY + 1);
	expect(asked).toEqual(["60 one", "86460 one"]);
	answer(NOW + DAY);
	expect(said()).toEqual([`set ${NOW + DAY}`, "told"]);
});

test("a server without an answer is followed by the next, after ever longer waits", () => {
	const { platform, clock, asked, said } = setUp({ timeout: 5000 });
	clock.online(platform.now());
	platform.pass(60 * MINUTE);
	expect(said()[0]).toBe("one did not say what time it is");
	expect(asked.slice(0, 4).map((line) => line.split(" ")[1])).toEqual(["one", "two", "one", "two"]);
	const times = asked.map((line) => Number.parseInt(line, 10));
	expect(times[1]).toBeLessThan(8);
	expect(times.length).toBeGreaterThan(12);
	expect(times.length).toBeLessThan(20);
	expect(times.at(-1)! - times.at(-2)!).toBeGreaterThan(5 * 60);
});

test("a server that says what cannot be is not believed", () => {
	const { platform, clock, said, answer } = setUp();
	clock.online(platform.now());
	answer(0);
	expect(said()).toEqual(["one did not say what time it is"]);
	platform.pass(2000);
	answer(undefined);
	expect(said()).toEqual(["two did not say what time it is"]);
	expect(clock.set).toBe(false);
});

test("an answer that comes late, or from a network that is gone, sets nothing", () => {
	const { platform, clock, asked, said, ended, questions } = setUp({ timeout: 1000 });
	clock.online(platform.now());
	platform.pass(1500);
	expect([asked.length, ended()]).toEqual([1, 1]);
	platform.pass(2500);
	said();
	questions[0]!(NOW);
	platform.pass(0);
	expect(said()).toEqual([]);
	clock.offline();
	questions.at(-1)!(NOW);
	platform.pass(DAY);
	expect(said()).toEqual([]);
	expect(platform.armed).toBe(0);
});

test("asking may throw, and may answer at once", () => {
	const failing = setUp({
		ask() {
			throw new Error("no socket");
		},
	});
	failing.clock.online(0);
	failing.platform.pass(0);
	expect(failing.said()).toEqual(["one did not say what time it is"]);
	const quick = setUp({
		ask(_, done) {
			done(NOW);
			return () => {};
		},
	});
	quick.clock.online(0);
	quick.platform.pass(0);
	expect(quick.said()).toEqual([`set ${NOW}`, "told"]);
});

test("a clock that went on through a reset is believed before it is asked", () => {
	const { clock, wall } = setUp();
	wall.time = NOW;
	expect(clock.set).toBe(true);
});

test("without servers there is none", () => {
	expect(() => setUp({ servers: [] })).toThrow("expected a time server at least, got none");
});
