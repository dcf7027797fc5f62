// SPDX-License-Identifier: MIT
import { FormatError, type Reader, type Writer } from "../wire/index.ts";
import { parseBinary, parseString, writeBinary, writeString } from "./fields.ts";
import * as Property from "./property.ts";
import { isTopicName } from "./topic.ts";
import { parseVariableByteInteger, writeLengthAt, writeVariableByteInteger } from "./variable-byte-integer.ts";

type Item = number | string | Uint8Array | [name: string, value: string];
type Value = Item | Item[];
type Values = Record<string, Value | undefined>;

/** Parses the properties of a packet of `type`; undefined when there are none. Throws FormatError. */
export function parseProperties(reader: Reader, type: number): Property.Properties | undefined {
	const at = reader.at;
	if (at < reader.end && reader.bytes[at] === 0) {
		reader.at = at + 1;
		return undefined;
	}
	const length = parseVariableByteInteger(reader);
	const end = reader.take(length) + length;
	const limit = reader.end;
	reader.at = end - length;
	reader.end = end;
	const values: Values = {};
	while (reader.at < end) parseProperty(reader, type, values);
	reader.end = limit;
	if (values.authenticationData !== undefined && values.authenticationMethod === undefined) {
		throw new FormatError("property value", end - length); // §3.1.2.11.10
	}
	return values as Property.Properties;
}

function parseProperty(reader: Reader, type: number, values: Values): void {
	const at = reader.at;
	const identifier = parseVariableByteInteger(reader);
	const property = Property.PROPERTIES.find((row) => row.identifier === identifier);
	if (property === undefined) throw new FormatError("unknown property", at);
	// §2.2.2.2: a property of another packet is a Malformed Packet, a second one a Protocol Error.
	if ((property.packets & (1 << type)) === 0) throw new FormatError("property of another packet", at);
	const name = property.name;
	const earlier = values[name];
	if (earlier !== undefined && (property.repeatable & (1 << type)) === 0)
		throw new FormatError("duplicate property", at);
	const value = parseValue(reader, property.type);
	if (Array.isArray(earlier)) (earlier as Item[]).push((value as Item[])[0]!);
	else values[name] = value;
}

function parseValue(reader: Reader, type: number): Value {
	const at = reader.at;
	switch (type) {
		case Property.FLAG:
			return checked(reader.uint8(), 0, 1, at);
		case Property.UINT16:
			return reader.uint16();
		case Property.UINT32:
			return reader.uint32();
		case Property.POSITIVE_UINT16:
			return checked(reader.uint16(), 1, 0xffff, at);
		case Property.ALIAS: {
			const alias = reader.uint16();
			if (alias === 0) throw new FormatError("topic alias", at); // §3.3.2.3.4
			return alias;
		}
		case Property.POSITIVE_UINT32:
			return checked(reader.uint32(), 1, 0xffffffff, at);
		case Property.STRING:
			return parseString(reader);
		case Property.TOPIC_NAME: {
			const topicName = parseString(reader);
			if (!isTopicName(topicName)) throw new FormatError("property value", at);
			return topicName;
		}
		case Property.BINARY:
			return parseBinary(reader);
		case Property.POSITIVE_INTEGERS:
			return [checked(parseVariableByteInteger(reader), 1, 0xfffffff, at)];
		default:
			return [[parseString(reader), parseString(reader)]];
	}
}

function checked(value: number, least: number, most: number, at: number): number {
	if (value < least || value > most) throw new FormatError("property value", at);
	return value;
}

/** Writes `properties` in the order of the registry; undefined is none. Those that the registry does not know are the caller's mistake. */
export function writeProperties(writer: Writer, properties: Property.Properties | undefined): void {
	const at = writer.claim(1);
	if (properties === undefined) {
		writer.bytes[at] = 0;
		return;
	}
	for (let i = 0; i < Property.PROPERTIES.length; i++) {
		const property = Property.PROPERTIES[i]!;
		const value = properties[property.name];
		if (value !== undefined) writeProperty(writer, property, value);
	}
	writeLengthAt(writer, at);
}

/** How many bytes `properties` take, and not more: UTF-8 takes three bytes a character. */
export function propertiesSizeAtMost(properties: Property.Properties): number {
	let size = 4;
	for (const value of Object.values(properties) as (Value | undefined)[]) size += valueSizeAtMost(value);
	return size;
}

function valueSizeAtMost(value: Value | undefined): number {
	if (Array.isArray(value)) return (value as Item[]).reduce((sum: number, item) => sum + valueSizeAtMost(item), 1);
	if (typeof value === "string") return 3 + 3 * value.length;
	return value instanceof Uint8Array ? 3 + value.length : 5;
}

function writeProperty(writer: Writer, property: Property.Property, value: Value): void {
	const items = Array.isArray(value) ? value : undefined;
	const count = items === undefined ? 1 : items.length;
	for (let i = 0; i < count; i++) {
		writer.uint8(property.identifier);
		writeValue(writer, property.type, items === undefined ? (value as Item) : items[i]!);
	}
}

function writeValue(writer: Writer, type: number, value: Item): void {
	switch (type) {
		case Property.FLAG:
			writer.uint8(value as number);
			break;
		case Property.UINT16:
		case Property.POSITIVE_UINT16:
		case Property.ALIAS:
			writer.uint16(value as number);
			break;
		case Property.UINT32:
		case Property.POSITIVE_UINT32:
			writer.uint32(value as number);
			break;
		case Property.STRING:
		case Property.TOPIC_NAME:
			writeString(writer, value as string);
			break;
		case Property.BINARY:
			writeBinary(writer, value as Uint8Array);
			break;
		case Property.POSITIVE_INTEGERS:
			writeVariableByteInteger(writer, value as number);
			break;
		default: {
			const pair = value as [string, string];
			writeString(writer, pair[0]);
			writeString(writer, pair[1]);
		}
	}
}
