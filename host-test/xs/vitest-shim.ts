// SPDX-License-Identifier: MIT
import "./newer.ts";
import { contains, equal } from "./equality.ts";

/** What came of one test; `error` only when it failed. */
export interface Result {
	name: string;
	error?: string;
}

type Class = new (...parameters: never[]) => unknown;

const tests: { name: string; body: () => void | Promise<void> }[] = [];
let prefix = "";

export function describe(name: string, body: () => void): void {
	const outer = prefix;
	prefix += `${name} > `;
	body();
	prefix = outer;
}

export function test(name: string, body: () => void | Promise<void>): void {
	tests.push({ name: prefix + name, body });
}

export function expect(actual: unknown): Expectation {
	return new Expectation(actual, true);
}

/** The part of vitest's matchers that the unit tests use. */
class Expectation {
	private actual: unknown;
	private wanted: boolean;

	constructor(actual: unknown, wanted: boolean) {
		this.actual = actual;
		this.wanted = wanted;
	}

	get not(): Expectation {
		return new Expectation(this.actual, !this.wanted);
	}

	toBe(expected: unknown): void {
		this.check(Object.is(this.actual, expected), "be", expected);
	}

	toEqual(expected: unknown): void {
		this.check(equal(this.actual, expected), "equal", expected);
	}

	toMatchObject(expected: object): void {
		this.check(contains(this.actual, expected), "match", expected);
	}

	toHaveLength(expected: number): void {
		this.check((this.actual as { length: number }).length === expected, "have length", expected);
	}

	toContain(expected: unknown): void {
		const { actual } = this;
		const found =
			typeof actual === "string"
				? actual.includes(expected as string)
				: Array.from(actual as ArrayLike<unknown>).some((item) => item === expected);
		this.check(found, "contain", expected);
	}

	toMatch(expected: string | RegExp): void {
		this.check(says(this.actual as string, expected), "match", expected);
	}

	toBeUndefined(): void {
		this.check(this.actual === undefined, "be", undefined);
	}

	toBeDefined(): void {
		this.check(this.actual !== undefined, "be other than", undefined);
	}

	toBeGreaterThan(expected: number): void {
		this.check((this.actual as number) > expected, "be greater than", expected);
	}

	toBeGreaterThanOrEqual(expected: number): void {
		this.check((this.actual as number) >= expected, "be at least", expected);
	}

	toBeLessThan(expected: number): void {
		this.check((this.actual as number) < expected, "be less than", expected);
	}

	toBeLessThanOrEqual(expected: number): void {
		this.check((this.actual as number) <= expected, "be at most", expected);
	}

	toBeCloseTo(expected: number, digits = 2): void {
		this.check(Math.abs((this.actual as number) - expected) < 10 ** -digits / 2, `be, to ${digits} digits,`, expected);
	}

	toBeInstanceOf(expected: Class): void {
		this.check(this.actual instanceof expected, "be an instance of", expected);
	}

	toThrow(expected?: string | RegExp | Class): void {
		let thrown: unknown = nothing;
		try {
			(this.actual as () => void)();
		} catch (error) {
			thrown = error;
		}
		let passed = thrown !== nothing;
		if (typeof expected === "function") passed = thrown instanceof expected;
		else if (passed && expected !== undefined) passed = says((thrown as Error).message, expected);
		this.actual = thrown;
		this.check(passed, "be thrown and match", expected);
	}

	private check(passed: boolean, relation: string, expected: unknown): void {
		if (passed === this.wanted) return;
		throw new Error(`expected ${show(this.actual)} ${this.wanted ? "to" : "not to"} ${relation} ${show(expected)}`);
	}
}

const nothing = { toString: () => "nothing" };

function says(text: string, expected: string | RegExp): boolean {
	return typeof expected === "string" ? text.includes(expected) : expected.test(text);
}

function show(value: unknown): string {
	if (value instanceof Uint8Array)
		return `bytes <${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join(" ")}>`;
	if (typeof value === "function") return value.name;
	if (value instanceof Error || value instanceof RegExp || value === nothing || typeof value === "number")
		return String(value);
	return JSON.stringify(value) ?? String(value);
}

async function run({ name, body }: (typeof tests)[number]): Promise<Result> {
	try {
		await body();
		return { name };
	} catch (error) {
		return { name, error: error instanceof Error ? error.stack : String(error) };
	}
}

async function runAll(): Promise<Result[]> {
	const results: Result[] = [];
	for (const each of tests) results.push(await run(each));
	return results;
}

Object.assign(globalThis, {
	/** Runs the tests; returns where the engine finds their results, as JSON, when no promise has anything to do any more. */
	handleCommand() {
		const report: { result?: ArrayBuffer } = {};
		runAll().then((results) => {
			report.result = new TextEncoder().encode(JSON.stringify(results)).buffer;
		});
		return report;
	},
});
