// SPDX-License-Identifier: MIT

interface Definition<Value> {
	/** A name for people. */
	title?: string;
	/** The state before anything was sampled or written; an actuator is driven to it at the start. */
	value?: Value;
	/** Reads the sensor; called every `interval`. */
	sample?: () => Value;
	/** Milliseconds between two samples; 1,000 when absent. */
	interval?: number;
	/** Drives the actuator. A property with `write` takes commands. */
	write?: (value: Value) => void;
}

/** A number with a SenML unit (RFC 8428 §12.1) and a range. */
export interface NumberDefinition extends Definition<number> {
	type: "number";
	unit?: string;
	minimum?: number;
	maximum?: number;
	/** Values are rounded to a multiple of this. */
	multipleOf?: number;
	/** A sample that differs by less from the announced value is not a change. */
	deadband?: number;
}

export interface BooleanDefinition extends Definition<boolean> {
	type: "boolean";
}

/** A text; with `enum`, one of those. */
export interface StringDefinition extends Definition<string> {
	type: "string";
	enum?: readonly string[];
}

/** What a property is, in the words of a WoT Thing Description's data schema (§5.3.2). */
export type PropertyDefinition = NumberDefinition | BooleanDefinition | StringDefinition;

export type Value = number | boolean | string;

/** The type of the values that a definition allows. */
export type ValueOf<D> = D extends { type: "number" }
	? number
	: D extends { type: "boolean" }
		? boolean
		: D extends { enum: readonly (infer V)[] }
			? V
			: string;

/** One property of a thing: its definition and its last announced value. */
export class Property {
	readonly name: string;
	/** Its place among the thing's properties. */
	readonly index: number;
	readonly definition: PropertyDefinition;
	/** Undefined until the first sample, write or initial value. */
	value: Value | undefined;
	/** When the next sample is due; Infinity without a sensor. */
	deadline: number;
	/** Milliseconds between two samples. */
	interval: number;
	/** The sensor failed at the last sample; it is reported once, until it works again. */
	failing = false;

	constructor(name: string, definition: PropertyDefinition, index = 0) {
		checkDefinition(name, definition);
		this.name = name;
		this.index = index;
		this.definition = definition;
		this.deadline = definition.sample ? 0 : Infinity;
		this.interval = definition.interval ?? 1000;
		if (definition.value !== undefined) this.value = this.check(definition.value);
	}

	get writable(): boolean {
		return this.definition.write !== undefined;
	}

	/** The value as text: `22.5`, `true`, `on`; empty when there is none yet. */
	get text(): string {
		return this.value === undefined ? "" : String(this.value);
	}

	/** The value as a JSON object: `{"temperature":22.5}`; `{}` when there is none yet. */
	get json(): string {
		return JSON.stringify({ [this.name]: this.value });
	}

	/** Checks `value` against type and range; returns it, rounded to `multipleOf`. Throws TypeError or RangeError. */
	check(value: unknown): Value {
		const definition = this.definition;
		const type = definition.type;
		if (type === "number") return checkNumber(this, definition, value);
		if (typeof value !== type) throw new TypeError(this.mismatch(value));
		if (type === "string" && !isAllowed(definition, value as string)) throw new RangeError(this.mismatch(value));
		return value as Value;
	}

	/** Parses a command: the value's text, or a JSON object `{"name": value}`. Throws TypeError or RangeError. */
	parse(text: string): Value {
		const trimmed = text.trim();
		if (trimmed.startsWith("{")) return this.parseJSON(trimmed);
		if (this.definition.type === "string") return this.check(text);
		// Numbers and booleans are written as in JSON; "", "0x10" or "Infinity" are none there.
		return this.check(fromJSON(trimmed) ?? text);
	}

	/** Parses JSON: `{"name": value}` or the bare value. Throws TypeError or RangeError. */
	parseJSON(text: string): Value {
		const value = fromJSON(text.trim());
		if (value === undefined) throw new TypeError(`${this.name}: expected JSON of one value, got ${show(text)}`);
		if (typeof value !== "object" || value === null) return this.check(value);
		const names = Object.keys(value);
		if (names.length !== 1 || names[0] !== this.name)
			throw new TypeError(`${this.name}: expected {"${this.name}": ${this.expected}}, got ${show(value)}`);
		return this.check((value as Record<string, unknown>)[this.name]);
	}

	/** What to say of a value that is not allowed: `light: expected true or false, got 3`. */
	mismatch(value: unknown): string {
		return `${this.name}: expected ${this.expected}, got ${show(value)}`;
	}

	/** What is allowed, for people: `on or off`, `a number from 5 to 30`. */
	get expected(): string {
		const definition = this.definition;
		if (definition.type === "boolean") return "true or false";
		if (definition.type === "string") return definition.enum ? definition.enum.join(" or ") : "a text";
		const { minimum, maximum } = definition;
		if (minimum === undefined) return maximum === undefined ? "a number" : `a number up to ${maximum}`;
		return `a number from ${minimum}${maximum === undefined ? "" : ` to ${maximum}`}`;
	}
}

function isAllowed(definition: StringDefinition, value: string): boolean {
	return definition.enum ? definition.enum.includes(value) : value.isWellFormed();
}

/** Throws TypeError or RangeError for a definition that no value could have. */
function checkDefinition(name: string, definition: PropertyDefinition): void {
	const { type, interval = 1000 } = definition;
	if (type !== "number" && type !== "boolean" && type !== "string")
		throw new TypeError(`${name}: expected type "number", "boolean" or "string", got ${show(type)}`);
	if (!(interval >= 1)) throw new RangeError(`${name}: expected an interval of 1 ms or more, got ${interval}`);
	if (type === "string" && definition.enum?.length === 0)
		throw new RangeError(`${name}: expected values in enum, got none`);
	if (type !== "number") return;
	const { minimum = -Infinity, maximum = Infinity, multipleOf = 1, deadband = 0 } = definition;
	if (!(minimum <= maximum)) throw new RangeError(`${name}: expected minimum ≤ maximum, got ${minimum} and ${maximum}`);
	if (!(multipleOf > 0)) throw new RangeError(`${name}: expected multipleOf above 0, got ${multipleOf}`);
	if (!(deadband >= 0)) throw new RangeError(`${name}: expected deadband of 0 or more, got ${deadband}`);
}

function checkNumber(property: Property, definition: NumberDefinition, value: unknown): number {
	if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError(property.mismatch(value));
	const { minimum, maximum, multipleOf } = definition;
	const rounded = multipleOf === undefined ? value : roundTo(value, multipleOf);
	if ((minimum !== undefined && rounded < minimum) || (maximum !== undefined && rounded > maximum))
		throw new RangeError(property.mismatch(value));
	return rounded + 0; // never −0
}

/** The multiple of `step` nearest to `value`, free of binary dust: 0.3 and not 0.30000000000000004. */
function roundTo(value: number, step: number): number {
	return Number((Math.round(value / step) * step).toPrecision(12));
}

/** The value that a JSON text has; undefined when it is not JSON, or is deeper than one object. */
function fromJSON(text: string): unknown {
	if (nests(text)) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Whether a JSON text is deeper than one object. XS parses by recursion, and ends the program when its stack overflows. */
function nests(text: string): boolean {
	let quoted = false;
	for (let at = 0; at < text.length; at++) {
		const character = text[at];
		if (quoted && character === "\\") at++;
		else if (character === '"') quoted = !quoted;
		else if (!quoted && (character === "[" || (character === "{" && at > 0))) return true;
	}
	return false;
}

function show(value: unknown): string {
	const text = typeof value === "object" || typeof value === "string" ? JSON.stringify(value) : String(value);
	if (!text.isWellFormed()) return "ill-formed text";
	return text.length > 40 ? `${text.slice(0, 40).replace(/[\uD800-\uDBFF]$/, "")}…` : text;
}
