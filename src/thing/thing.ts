// SPDX-License-Identifier: MIT
import type { Configuration } from "../configuration.ts";
import { Property, type PropertyDefinition, type Value, type ValueOf } from "./property.ts";

export type Definitions = Record<string, PropertyDefinition>;

/** The names of the properties that have an actuator. */
export type Writable<P extends Definitions> = {
	[K in keyof P & string]: "write" extends keyof P[K] ? K : never;
}[keyof P & string];

export interface ThingOptions<P extends Definitions> {
	/** Unique among the things of one network, such as "thermostat-123"; the MQTT Client Identifier. */
	id: string;
	/** Where its MQTT topics begin, such as "home/livingroom/thermostat". */
	topic: string;
	/** A name for people. */
	title?: string;
	properties: P;
}

/** Levels without wildcards, spaces at their ends, or the $ of a broker's own topics. */
const TOPIC = /^(?!\$)[^\s+#/\0](?:[^+#\0]*[^\s+#/\0])?$/;

/** It is a level of a topic and a segment of a path; three are the thing's own topics. */
const PROPERTY_NAME = /^(?!(?:status|log|meta)$)[A-Za-z][\w-]*$/;

/** Hears of each change once, after the actuator moved. Must not throw; what it throws is reported. */
export type Observer = (property: Property) => void;

/**
 * A thing: properties that are sampled and written, and one change event that everything which shows them hears.
 *
 * Whoever runs it calls `start` once, then `expire` at each `deadline`. `read` and `write` may be called at any time.
 */
export class Thing<const P extends Definitions = Definitions> {
	id!: string;
	topic!: string;
	title!: string;
	readonly properties: readonly Property[];
	/** Hears of what user code threw: a sensor, an actuator, an observer. */
	onError: (error: unknown, where: string) => void = () => {};
	private observers: Observer[] = [];

	/** Throws TypeError or RangeError when a name or a value is not allowed. */
	constructor({ id, topic, title, properties }: ThingOptions<P>) {
		this.name(id, topic, title ?? id);
		this.properties = [];
		for (const name of Object.keys(properties)) this.add(name, properties[name]!);
	}

	/** Has one more property, before the thing runs: one that is no matter of the application. Throws TypeError or RangeError. */
	add(name: string, definition: PropertyDefinition): void {
		checkName("property", name, PROPERTY_NAME, "a letter, then letters, digits, _ or -, and not status, log or meta");
		if (this.properties.some((property) => property.name === name))
			throw new RangeError(`property: ${name} is there already`);
		(this.properties as Property[]).push(new Property(name, definition, this.properties.length));
	}

	/**
	 * Takes what is configured in place of what the application says: names, topics, how often sensors are sampled. Before it runs. Throws TypeError or
	 * RangeError, and changes nothing, when that is not allowed.
	 */
	configure({ id = this.id, topic = this.topic, title, intervals = {} }: Configuration): void {
		const sampled = Object.keys(intervals).map((name) => this.property(name));
		for (const { name, definition } of sampled) {
			if (!definition.sample) throw new RangeError(`intervals: ${name} has no sensor`);
			if (!(intervals[name]! >= 1))
				throw new RangeError(`intervals: ${name}: expected milliseconds, got ${intervals[name]}`);
		}
		// A title that is only the id goes with it.
		this.name(id, topic, title ?? (this.title === this.id ? id : this.title));
		for (const property of sampled) property.interval = intervals[property.name]!;
	}

	/** Drives each actuator to its initial value. */
	start(): void {
		for (const property of this.properties) if (property.value !== undefined) this.drive(property, property.value);
	}

	/** The last announced value; undefined before the first. Throws RangeError for a name that is not there. */
	read<K extends keyof P & string>(name: K): ValueOf<P[K]> | undefined {
		return this.property(name).value as ValueOf<P[K]> | undefined;
	}

	/**
	 * Drives the actuator, then announces the change, once; an equal value is driven and not announced. False when the actuator
	 * failed, which is reported. Throws TypeError or RangeError before anything moved when the value is not allowed.
	 */
	write<K extends Writable<P>>(name: K, value: ValueOf<P[K]>): boolean {
		const property = this.property(name);
		const checked = property.check(value);
		if (!property.writable) throw new TypeError(`${name} has no write: expected thing.update("${name}", …)`);
		return this.command(property, checked);
	}

	/**
	 * Announces a value that the app itself knows, such as a count, when it is a change. For properties without `write`. Throws TypeError or
	 * RangeError when the value is not allowed.
	 */
	update<K extends Exclude<keyof P & string, Writable<P>>>(name: K, value: ValueOf<P[K]>): void {
		const property = this.property(name);
		const checked = property.check(value);
		if (property.writable) throw new TypeError(`${name} has an actuator: expected thing.write("${name}", …)`);
		if (isChange(property, checked)) this.announce(property, checked);
	}

	/** Writes a value that `property.parse` or `property.check` returned. */
	command(property: Property, value: Value): boolean {
		if (!this.drive(property, value)) return false;
		if (property.value !== value) this.announce(property, value);
		return true;
	}

	/** Calls `observer` at each change from now on. */
	observe(observer: Observer): void {
		this.observers.push(observer);
	}

	/** The property of that name. Throws RangeError that lists the names there are. */
	property(name: string): Property {
		for (const property of this.properties) if (property.name === name) return property;
		throw new RangeError(
			`expected a property of ${this.id} (${this.properties.map((p) => p.name).join(", ")}), got ${name}`,
		);
	}

	/** When the next sample is due; Infinity without sensors. */
	get deadline(): number {
		const properties = this.properties;
		let deadline = Infinity;
		for (let i = 0; i < properties.length; i++) deadline = Math.min(deadline, properties[i]!.deadline);
		return deadline;
	}

	/** Samples what is due. */
	expire(now: number): void {
		const properties = this.properties;
		for (let i = 0; i < properties.length; i++) {
			const property = properties[i]!;
			if (property.deadline > now) continue;
			property.deadline = now + property.interval;
			this.sample(property);
		}
	}

	/** Tells `onError` of what went wrong at `where`. */
	report(error: unknown, where: string): void {
		try {
			this.onError(error, where);
		} catch {
			// Escaping, it would reboot a device; and whoever throws while told of an error is not told of that one.
		}
	}

	private name(id: string, topic: string, title: string): void {
		checkName("id", id, /^[\w.:-]{1,64}$/, "1 to 64 letters, digits, . : _ or -");
		checkName("topic", topic, TOPIC, 'a topic such as "home/livingroom/thermostat"');
		this.id = id;
		this.topic = topic;
		this.title = title;
	}

	private sample(property: Property): void {
		try {
			const value = property.check(property.definition.sample!());
			property.failing = false;
			if (isChange(property, value)) this.announce(property, value);
		} catch (error) {
			if (!property.failing) this.report(error, `${property.name}.sample`);
			property.failing = true;
		}
	}

	private drive(property: Property, value: Value): boolean {
		try {
			(property.definition.write as ((value: Value) => void) | undefined)?.(value);
			return true;
		} catch (error) {
			this.report(error, `${property.name}.write`);
			return false;
		}
	}

	private announce(property: Property, value: Value): void {
		property.value = value;
		const observers = this.observers;
		for (let i = 0; i < observers.length; i++) {
			try {
				observers[i]!(property);
			} catch (error) {
				this.report(error, `observer of ${property.name}`);
			}
			// An observer that writes has announced the newer value already.
			if (property.value !== value) return;
		}
	}
}

function isChange(property: Property, value: Value): boolean {
	const { definition, value: announced } = property;
	if (definition.type !== "number" || !definition.deadband || announced === undefined) return value !== announced;
	// Less than the deadband by binary dust is the deadband: 21.4 − 21.3 is 0.0999….
	return Math.abs((value as number) - (announced as number)) >= definition.deadband * (1 - 1e-9);
}

function checkName(what: string, name: string, allowed: RegExp, expected: string): void {
	if (!allowed.test(name) || !name.isWellFormed()) throw new TypeError(`${what}: expected ${expected}, got "${name}"`);
}
