// SPDX-License-Identifier: MIT
import fc from "fast-check";
import * as oracle from "mqtt-packet";
import { describe, expect, test } from "vitest";
import * as Type from "../../src/mqtt/packet-type.ts";
import { FLAG, PROPERTIES, type Properties } from "../../src/mqtt/property.ts";
import { isReasonCode } from "../../src/mqtt/reason-code.ts";
import { V3_1_1, V5, type Version } from "../../src/mqtt/version.ts";
import { runs } from "../support/fuzz.ts";
import { type Packet, parsePacket, writePacket } from "../support/mqtt-codec.ts";

const RUNS = runs(150);

const level = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((text) => !/[+#\0$]/.test(text));
const topicName = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
const topicFilter = fc.tuple(topicName, fc.constantFrom("", "/+", "/#", "/+/#")).map(([name, end]) => name + end);
const text = fc.string({ unit: "grapheme", maxLength: 12 }).filter((candidate) => !candidate.includes("\0"));
const bytes = fc.uint8Array({ maxLength: 20 });
const payload = fc.oneof(bytes, fc.uint8Array({ minLength: 100, maxLength: 200 }));
const identifier = fc.integer({ min: 1, max: 0xffff });
const qos = fc.integer({ min: 0, max: 2 });

/** A value for each type of property, in the order of property.ts. */
const VALUES: fc.Arbitrary<unknown>[] = [
	fc.integer({ min: 0, max: 1 }),
	fc.integer({ min: 0, max: 0xffff }),
	fc.integer({ min: 0, max: 0xffffffff }),
	fc.integer({ min: 1, max: 0xffff }),
	fc.integer({ min: 1, max: 0xffffffff }),
	text,
	topicName,
	bytes,
	fc.integer({ min: 1, max: 0xfffffff }).map((value) => [value]),
	fc.uniqueArray(fc.tuple(level, text), { minLength: 1, maxLength: 3, selector: ([name]) => name }),
	fc.integer({ min: 1, max: 0xffff }),
];

function properties(type: number, version: Version): fc.Arbitrary<Properties | undefined> {
	if (version !== V5) return fc.constant(undefined);
	const model: Record<string, fc.Arbitrary<unknown>> = {};
	// Authentication data need a method, which a row of the table above shows, and AUTH always has one.
	for (const property of PROPERTIES) {
		if (!(property.packets & (1 << type)) || property.name.startsWith("authentication")) continue;
		model[property.name] = VALUES[property.type]!;
	}
	if (type === Type.AUTH)
		return fc.record({ authenticationMethod: text, ...model }, { requiredKeys: ["authenticationMethod"] });
	return fc.record(model, { requiredKeys: [] }).map((record) => (Object.keys(record).length > 0 ? record : undefined));
}

function reasonCodes(type: number, version: Version): fc.Arbitrary<number> {
	// Table 2-6 allows 0x8C in DISCONNECT, table 3-13 leaves it out, and so does mqtt-packet.
	const left = type === Type.DISCONNECT ? 0x8c : undefined;
	const codes = Array.from({ length: 256 }, (_, code) => code).filter((code) => isReasonCode(code, type, version));
	return fc.constantFrom(0, ...codes.filter((code) => code !== left && code !== 0));
}

function arbitrary(type: number, version: Version): fc.Arbitrary<Packet> {
	const common = { type: fc.constant(type), properties: properties(type, version) };
	const reasonCode = reasonCodes(type, version);
	const ours = (model: Record<string, fc.Arbitrary<unknown>>) =>
		fc.record({ ...common, ...model }) as unknown as fc.Arbitrary<Packet>;
	switch (type) {
		case Type.CONNECT: {
			const will = { topicName, payload, qos, retain: fc.boolean(), properties: properties(Type.WILL, version) };
			const username = fc.option(level, { nil: undefined });
			return ours({
				version: fc.constant(version),
				clientId: level,
				cleanStart: fc.boolean(),
				keepAlive: fc.integer({ min: 0, max: 0xffff }),
				username,
				will: fc.option(fc.record(will), { nil: undefined }),
			}).chain((packet) =>
				(packet.username === undefined ? fc.constant(undefined) : fc.option(bytes, { nil: undefined })).map(
					(password) => ({ ...packet, password }),
				),
			);
		}
		case Type.CONNACK:
			return ours({ reasonCode, sessionPresent: fc.boolean() }).map((packet) => ({
				...packet,
				sessionPresent: packet.sessionPresent! && packet.reasonCode === 0,
			}));
		case Type.PUBLISH:
			return ours({
				topicName,
				payload,
				qos,
				retain: fc.boolean(),
				duplicate: fc.boolean(),
				packetIdentifier: identifier,
			}).map((packet) => (packet.qos === 0 ? { ...packet, duplicate: false, packetIdentifier: 0 } : packet));
		case Type.SUBSCRIBE: {
			const five = version === V5;
			const subscription = fc.record({
				topicFilter,
				qos,
				noLocal: five ? fc.boolean() : fc.constant(false),
				retainAsPublished: five ? fc.boolean() : fc.constant(false),
				retainHandling: five ? fc.integer({ min: 0, max: 2 }) : fc.constant(0),
			});
			return ours({
				packetIdentifier: identifier,
				subscriptions: fc.array(subscription, { minLength: 1, maxLength: 3 }),
			});
		}
		case Type.SUBACK:
			return ours({ packetIdentifier: identifier, reasonCodes: fc.array(reasonCode, { minLength: 1, maxLength: 3 }) });
		case Type.UNSUBSCRIBE:
			return ours({
				packetIdentifier: identifier,
				topicFilters: fc.array(topicFilter, { minLength: 1, maxLength: 3 }),
			});
		case Type.UNSUBACK: {
			const codes = version === V5 ? fc.array(reasonCode, { minLength: 1, maxLength: 3 }) : fc.constant([]);
			return ours({ packetIdentifier: identifier, reasonCodes: codes });
		}
		case Type.PINGREQ:
		case Type.PINGRESP:
			return fc.constant({ type });
		case Type.DISCONNECT:
		case Type.AUTH:
			return ours({ reasonCode: version === V5 ? reasonCode : fc.constant(0) });
		default:
			return ours({ packetIdentifier: identifier, reasonCode: version === V5 ? reasonCode : fc.constant(0) });
	}
}

const COMMANDS = [
	"",
	"connect",
	"connack",
	"publish",
	"puback",
	"pubrec",
	"pubrel",
	"pubcomp",
	"subscribe",
	"suback",
	"unsubscribe",
	"unsuback",
	"pingreq",
	"pingresp",
	"disconnect",
	"auth",
];

const RENAMED: Record<string, string> = {
	userProperty: "userProperties",
	subscriptionIdentifierAvailable: "subscriptionIdentifiersAvailable",
};

/** Our properties in mqtt-packet's words. */
function theirProperties(ours: Properties | undefined): Record<string, unknown> | undefined {
	if (ours === undefined) return undefined;
	const theirs: Record<string, unknown> = {};
	for (const property of PROPERTIES) {
		const value: unknown = ours[property.name];
		if (value === undefined) continue;
		const name = RENAMED[property.name] ?? property.name;
		if (property.name === "userProperty")
			theirs[name] = { __proto__: null, ...Object.fromEntries(value as [string, string][]) };
		else if (property.name === "subscriptionIdentifier") theirs[name] = (value as number[])[0];
		else if (property.type === FLAG && name !== "maximumQoS") theirs[name] = value === 1;
		else theirs[name] = value instanceof Uint8Array ? Buffer.from(value) : value;
	}
	return theirs;
}

/** Our packet in mqtt-packet's words. */
function theirs(packet: Packet, version: Version): Record<string, unknown> {
	const cmd = COMMANDS[packet.type]!;
	const mine = theirProperties(packet.properties);
	const base: Record<string, unknown> = { cmd, ...(mine && { properties: mine }) };
	if (packet.packetIdentifier) base.messageId = packet.packetIdentifier;
	switch (packet.type) {
		case Type.CONNECT: {
			const { will, password } = packet;
			const willProperties = theirProperties(will?.properties);
			return {
				...base,
				protocolId: "MQTT",
				protocolVersion: version,
				clientId: packet.clientId,
				clean: packet.cleanStart,
				keepalive: packet.keepAlive,
				...(packet.username !== undefined && { username: packet.username }),
				...(password && { password: Buffer.from(password) }),
				...(will && {
					will: {
						topic: will.topicName,
						payload: Buffer.from(will.payload),
						qos: will.qos,
						retain: will.retain,
						...(willProperties && { properties: willProperties }),
					},
				}),
			};
		}
		case Type.CONNACK:
			return {
				...base,
				sessionPresent: packet.sessionPresent,
				[version === V5 ? "reasonCode" : "returnCode"]: packet.reasonCode,
			};
		case Type.PUBLISH: {
			const { topicName: topic, retain, duplicate: dup } = packet;
			return { ...base, topic, payload: Buffer.from(packet.payload!), qos: packet.qos, retain, dup };
		}
		case Type.SUBSCRIBE: {
			const subscriptions = packet.subscriptions!.map((each) => ({
				topic: each.topicFilter,
				qos: each.qos,
				...(version === V5 && { nl: each.noLocal, rap: each.retainAsPublished, rh: each.retainHandling }),
			}));
			return { ...base, subscriptions };
		}
		case Type.UNSUBSCRIBE:
			return { ...base, unsubscriptions: packet.topicFilters };
		case Type.SUBACK:
			return { ...base, granted: packet.reasonCodes };
		case Type.UNSUBACK:
			return version === V5 ? { ...base, granted: packet.reasonCodes } : base;
		case Type.PINGREQ:
		case Type.PINGRESP:
			return base;
		default:
			return version === V5 ? { ...base, reasonCode: packet.reasonCode } : base;
	}
}

function parsedByOracle(written: Uint8Array, version: Version): unknown {
	const packets: unknown[] = [];
	const parser = oracle.parser({ protocolVersion: version });
	parser.on("packet", (packet) => packets.push(packet));
	parser.on("error", (error) => {
		throw error;
	});
	parser.parse(Buffer.from(written));
	expect(packets).toHaveLength(1);
	return packets[0];
}

/** A packet without what is undefined, for the comparison. */
function plain(packet: Packet): unknown {
	return Object.fromEntries(Object.entries(packet).filter(([, value]) => value !== undefined));
}

for (const version of [V3_1_1, V5] as Version[]) {
	describe(`mqtt-packet agrees about ${version === V5 ? "5.0" : "3.1.1"}`, () => {
		for (let type = Type.CONNECT; type <= (version === V5 ? Type.AUTH : Type.DISCONNECT); type++) {
			test(`${COMMANDS[type]!.toUpperCase()}, both ways`, () => {
				fc.assert(
					fc.property(arbitrary(type, version), (packet) => {
						const words = theirs(packet, version);
						const written = writePacket(packet, version, 4096);
						expect(parsedByOracle(written, version)).toMatchObject(words);
						const generated = oracle.generate(words as never, { protocolVersion: version });
						expect(parsePacket(new Uint8Array(generated), version)).toMatchObject(plain(packet) as object);
						expect(writePacket(parsePacket(written, version), version, 4096)).toEqual(written);
					}),
					{ ...RUNS, numRuns: RUNS.numRuns / 2 },
				);
			});
		}
	});
}
