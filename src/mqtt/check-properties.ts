// SPDX-License-Identifier: MIT
import { checkText, checkTopicName, integer } from "./checks.ts";
import { WILL } from "./packet-type.ts";
import * as Property from "./property.ts";

/**
 * Throws TypeError or RangeError unless `properties` are those of a message and can be written: no Topic Alias and no Subscription
 * Identifier [MQTT-3.3.4-6], which are the client's and the broker's.
 */
export function checkProperties(properties: Property.Properties): void {
	for (const name of Object.keys(properties) as (keyof Property.Properties)[]) {
		const value = properties[name];
		const property = Property.PROPERTIES.find((row) => row.name === name);
		// A Will is a message, and says all that one may say by itself.
		if (property === undefined || (property.packets & (1 << WILL)) === 0 || name === "willDelayInterval") {
			throw new RangeError(`expected a property of a message, got ${name}`);
		}
		if (value !== undefined) checkValue(property, value);
	}
}

function checkValue({ name, type }: Property.Property, value: unknown): void {
	switch (type) {
		case Property.FLAG:
			integer(name, value as number, 0, 1);
			break;
		case Property.UINT32:
			integer(name, value as number, 0, 0xffffffff);
			break;
		case Property.TOPIC_NAME:
			checkTopicName(value as string); // [MQTT-3.3.2-14]
			break;
		case Property.BINARY:
			if (!(value instanceof Uint8Array)) throw new TypeError(`expected ${name} of bytes, got ${typeof value}`);
			integer(`the length of ${name}`, value.length, 0, 0xffff);
			break;
		case Property.PAIRS:
			checkPairs(name, value as [name: string, value: string][]);
			break;
		default:
			checkText(name, value as string);
	}
}

/** Throws TypeError or RangeError unless `pairs` are names and values of text. */
export function checkPairs(name: string, pairs: readonly (readonly [name: string, value: string])[]): void {
	if (!Array.isArray(pairs)) throw new TypeError(`expected ${name} to be a list of pairs, got ${typeof pairs}`);
	for (const pair of pairs) {
		if (!Array.isArray(pair)) throw new TypeError(`expected ${name} to be a list of pairs, got one of ${typeof pair}`);
		checkText(name, pair[0]);
		checkText(name, pair[1]);
	}
}
