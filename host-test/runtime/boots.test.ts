// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { Boots, type ResetReason } from "../../src/runtime/index.ts";
import { FakeNotebook } from "../support/fake-notebook.ts";

/** Starts the device; returns what it knows of before. */
function start(notebook: FakeNotebook, reason?: ResetReason): Boots {
	const boots = new Boots(notebook, reason);
	boots.begin();
	return boots;
}

test("three starts that come to nothing are enough; the fourth is safe, and the fifth tries again, once", () => {
	const notebook = new FakeNotebook();
	const safe = Array.from({ length: 8 }, () => start(notebook, "crash").safe);
	expect(safe).toEqual([false, false, false, true, false, true, false, true]);
});

test("a start that survives has what was before forgotten", () => {
	const notebook = new FakeNotebook();
	for (let i = 0; i < 2; i++) start(notebook, "crash");
	start(notebook, "crash").survived();
	expect(start(notebook, "crash").failed).toBe(0);
});

test("switching the power off and on tries again", () => {
	const notebook = new FakeNotebook();
	for (let i = 0; i < 3; i++) start(notebook, "watchdog");
	expect(new Boots(notebook, "software").safe).toBe(true);
	const again = start(notebook, "power");
	expect([again.safe, again.failed]).toEqual([false, 0]);
	expect(start(notebook, "crash").failed).toBe(1);
});

test("where nobody knows why it started, every start counts", () => {
	const notebook = new FakeNotebook();
	for (let i = 0; i < 3; i++) start(notebook);
	expect(start(notebook).safe).toBe(true);
});

test("why it crashed is told at the next start, and only there", () => {
	const notebook = new FakeNotebook();
	start(notebook).crashed(`unhandled exception: ${"x".repeat(5000)}`);
	const next = start(notebook);
	expect(next.crash).toMatch(/^unhandled exception: x+$/);
	expect(next.crash!.length).toBe(300);
	expect(start(notebook).crash).toBeUndefined();
});

test("starts are numbered, however they end", () => {
	const notebook = new FakeNotebook();
	expect([start(notebook).count, start(notebook, "power").count, start(notebook, "crash").count]).toEqual([1, 2, 3]);
	notebook.values.set("katydid-boot/count", "many");
	expect(start(notebook).count).toBe(1);
});

test("a device that lives writes its flash three times a start, and no more", () => {
	const notebook = new FakeNotebook();
	start(notebook).survived();
	expect(notebook.writes).toBe(3);
});

test("a notebook that is full, broken or spoilt starts the application", () => {
	const notebook = new FakeNotebook();
	notebook.full = true;
	for (let i = 0; i < 5; i++) {
		const boots = start(notebook);
		expect(boots.safe).toBe(false);
		boots.crashed("x");
		boots.survived();
	}
	notebook.broken = true;
	expect(new Boots(notebook, "crash").safe).toBe(false);
	notebook.broken = false;
	for (const value of ["many", -1]) {
		notebook.values.set("katydid-boot/failed", value).set("katydid-boot/crash", 7);
		const boots = new Boots(notebook, "crash");
		expect([boots.failed, boots.safe, boots.crash]).toEqual([0, false, undefined]);
	}
});
