// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { reasonCodeOf } from "../../src/mqtt/reason-code.ts";
import { V3_1_1, V5, type Version } from "../../src/mqtt/version.ts";
import { FormatError } from "../../src/wire/index.ts";
import { hex } from "../support/hex.ts";
import { parsePacket } from "../support/mqtt-codec.ts";

const MALFORMED = 0x81;
const PROTOCOL = 0x82;

/** [name, hex, FormatError's code, Reason Code]. */
type Row = [name: string, hex: string, code: string, reasonCode: number];

const BOTH: Row[] = [
	["packet type 0", "00 00", "reserved packet type", MALFORMED],
	["CONNECT with flags [MQTT-2.1.3-1] [3.1.1 MQTT-2.2.2-1]", "11 00", "reserved flags", MALFORMED],
	["CONNACK with flags", "21 02 00 00", "reserved flags", MALFORMED],
	["PUBACK with flags", "42 02 0001", "reserved flags", MALFORMED],
	["PUBREC with flags", "51 02 0001", "reserved flags", MALFORMED],
	["PUBREL with flags other than 0010 [MQTT-3.6.1-1] [3.1.1 MQTT-3.6.1-1]", "60 02 0001", "reserved flags", MALFORMED],
	["PUBREL with flags 0011", "63 02 0001", "reserved flags", MALFORMED],
	["PUBCOMP with flags", "72 02 0001", "reserved flags", MALFORMED],
	[
		"SUBSCRIBE with flags other than 0010 [MQTT-3.8.1-1] [3.1.1 MQTT-3.8.1-1]",
		"80 06 0001 0001 61 00",
		"reserved flags",
		MALFORMED,
	],
	["SUBACK with flags", "91 03 0001 00", "reserved flags", MALFORMED],
	[
		"UNSUBSCRIBE with flags other than 0010 [MQTT-3.10.1-1] [3.1.1 MQTT-3.10.1-1]",
		"a0 05 0001 0001 61",
		"reserved flags",
		MALFORMED,
	],
	["UNSUBACK with flags", "b2 02 0001", "reserved flags", MALFORMED],
	["PINGREQ with flags", "c8 00", "reserved flags", MALFORMED],
	["PINGRESP with flags", "d1 00", "reserved flags", MALFORMED],
	["DISCONNECT with flags [MQTT-3.14.1-1] [3.1.1 MQTT-3.14.1-1]", "e1 00", "reserved flags", MALFORMED],
	["a Remaining Length of five bytes", "30 80808080 01", "Variable Byte Integer of five bytes", MALFORMED],
	[
		"a Remaining Length of five bytes, before the fifth came",
		"30 ffffffff",
		"Variable Byte Integer of five bytes",
		MALFORMED,
	],
	["PINGREQ with a body", "c0 01 00", "trailing bytes", MALFORMED],
	["PINGRESP with a body", "d0 01 00", "trailing bytes", MALFORMED],
	[
		"CONNECT of another protocol [MQTT-3.1.2-1] [3.1.1 MQTT-3.1.2-1]",
		"10 0c 0004 4d515453 04 02 0000 0000",
		"protocol name",
		MALFORMED,
	],
	["CONNECT of MQTT 3.1", "10 0e 0006 4d5149736470 03 02 0000 0000", "protocol name", MALFORMED],
	[
		"CONNECT of version 6 [MQTT-3.1.2-2] [3.1.1 MQTT-3.1.2-2]",
		"10 0c 0004 4d515454 06 02 0000 0000",
		"protocol version",
		0x84,
	],
	["PUBLISH at QoS 3 [MQTT-3.3.1-4] [3.1.1 MQTT-3.3.1-4]", "36 05 0001 61 0001", "QoS 3", MALFORMED],
	["PUBLISH with DUP at QoS 0 [MQTT-3.3.1-2] [3.1.1 MQTT-3.3.1-2]", "38 03 0001 61", "DUP at QoS 0", MALFORMED],
	["PUBLISH whose topic is longer than the packet", "30 03 0002 61", "truncated", MALFORMED],
	["PUBLISH whose topic says 65535 bytes", "32 05 ffff 61 0001", "truncated", MALFORMED],
	["PUBLISH with a Packet Identifier cut in two", "32 04 0001 61 00", "truncated", MALFORMED],
	[
		"PUBLISH with Packet Identifier 0 [MQTT-2.2.1-4] [3.1.1 MQTT-2.3.1-1]",
		"32 05 0001 61 0000",
		"packet identifier 0",
		PROTOCOL,
	],
	[
		"PUBLISH with + in its topic [MQTT-3.3.2-2] [3.1.1 MQTT-3.3.2-2]",
		"30 05 0003 612f2b",
		"wildcard in a topic name",
		MALFORMED,
	],
	[
		"PUBLISH with # in its topic [MQTT-3.3.2-2] [3.1.1 MQTT-3.3.2-2]",
		"30 05 0003 612f23",
		"wildcard in a topic name",
		MALFORMED,
	],
	["PUBLISH with U+0000 in its topic [MQTT-1.5.4-2] [3.1.1 MQTT-1.5.3-2]", "30 04 0002 6100", "U+0000", MALFORMED],
	[
		"PUBLISH with a surrogate in its topic [MQTT-1.5.4-1] [3.1.1 MQTT-1.5.3-1]",
		"30 05 0003 eda080",
		"UTF-8",
		MALFORMED,
	],
	["PUBLISH with an overlong character", "30 04 0002 c080", "UTF-8", MALFORMED],
	["PUBLISH with a character cut in two", "30 03 0001 c3", "UTF-8", MALFORMED],
	["PUBLISH with a character over U+10FFFF", "30 06 0004 f4908080", "UTF-8", MALFORMED],
	["PUBACK of Packet Identifier 0", "40 02 0000", "packet identifier 0", PROTOCOL],
	["PUBACK without Packet Identifier", "40 01 00", "truncated", MALFORMED],
	["SUBSCRIBE with Packet Identifier 0", "82 07 0000 00 0001 61 00", "packet identifier 0", PROTOCOL],
	["UNSUBACK of Packet Identifier 0", "b0 02 0000", "packet identifier 0", PROTOCOL],
];

const ONLY_3_1_1: Row[] = [
	["AUTH", "f0 00", "reserved packet type", MALFORMED],
	[
		"CONNECT with the reserved flag [3.1.1 MQTT-3.1.2-3]",
		"10 0c 0004 4d515454 04 03 0000 0000",
		"reserved flags",
		MALFORMED,
	],
	[
		"CONNECT with a Will at QoS 3 [3.1.1 MQTT-3.1.2-14]",
		"10 12 0004 4d515454 04 1e 0000 0000 0001 61 0001 62",
		"QoS 3",
		MALFORMED,
	],
	[
		"CONNECT with a Will's QoS and no Will [3.1.1 MQTT-3.1.2-13]",
		"10 0c 0004 4d515454 04 0a 0000 0000",
		"Will flags without a Will",
		MALFORMED,
	],
	[
		"CONNECT with Will Retain and no Will [3.1.1 MQTT-3.1.2-15]",
		"10 0c 0004 4d515454 04 22 0000 0000",
		"Will flags without a Will",
		MALFORMED,
	],
	[
		"CONNECT with a password alone [3.1.1 MQTT-3.1.2-22]",
		"10 0f 0004 4d515454 04 42 0000 0000 0001 70",
		"password without user name",
		MALFORMED,
	],
	[
		"CONNECT without Client Identifier for a session that is kept [3.1.1 MQTT-3.1.3-7]",
		"10 0c 0004 4d515454 04 00 0000 0000",
		"empty Client Identifier",
		MALFORMED,
	],
	[
		"CONNECT whose Will has a wildcard",
		"10 12 0004 4d515454 04 06 0000 0000 0001 23 0001 62",
		"wildcard in a topic name",
		MALFORMED,
	],
	["CONNECT with more than its fields", "10 0d 0004 4d515454 04 02 0000 0000 00", "trailing bytes", MALFORMED],
	["CONNACK with reserved flags", "20 02 02 00", "reserved flags", MALFORMED],
	["CONNACK with a reserved return code", "20 02 00 06", "reason code", MALFORMED],
	["CONNACK that refuses a session it has [3.1.1 MQTT-3.2.2-4]", "20 02 01 05", "session present on refusal", PROTOCOL],
	["CONNACK with more than its fields", "20 03 00 00 00", "trailing bytes", MALFORMED],
	["CONNACK with less", "20 01 00", "truncated", MALFORMED],
	["PUBLISH without topic [3.1.1 MQTT-4.7.3-1]", "30 02 0000", "empty topic name", PROTOCOL],
	["PUBACK with more than its fields", "40 03 0001 00", "trailing bytes", MALFORMED],
	["SUBSCRIBE without topic filter [3.1.1 MQTT-3.8.3-3]", "82 02 0001", "no topic filter", PROTOCOL],
	["SUBSCRIBE at QoS 3 [3.1.1 MQTT-3.8.3-4]", "82 06 0001 0001 61 03", "QoS 3", MALFORMED],
	["SUBSCRIBE with reserved bits [3.1.1 MQTT-3.8.3-4]", "82 06 0001 0001 61 04", "reserved flags", MALFORMED],
	["SUBSCRIBE to nothing", "82 05 0001 0000 00", "topic filter", MALFORMED],
	["SUBSCRIBE with # before the end [3.1.1 MQTT-4.7.1-2]", "82 08 0001 0003 232f61 00", "topic filter", MALFORMED],
	["SUBSCRIBE with # in a level", "82 07 0001 0002 6123 00", "topic filter", MALFORMED],
	["SUBSCRIBE with + in a level [3.1.1 MQTT-4.7.1-3]", "82 08 0001 0003 612b62 00", "topic filter", MALFORMED],
	["SUBACK with a reserved return code [3.1.1 MQTT-3.9.3-2]", "90 03 0001 03", "reason code", MALFORMED],
	["SUBACK without return code", "90 02 0001", "truncated", MALFORMED],
	["UNSUBSCRIBE without topic filter [3.1.1 MQTT-3.10.3-2]", "a2 02 0001", "no topic filter", PROTOCOL],
	["UNSUBACK with more than its fields", "b0 03 0001 00", "trailing bytes", MALFORMED],
	["DISCONNECT with a body", "e0 01 00", "trailing bytes", MALFORMED],
];

const ONLY_5: Row[] = [
	["AUTH with flags [MQTT-3.15.1-1]", "f1 00", "reserved flags", MALFORMED],
	[
		"a Remaining Length longer than it need be [MQTT-1.5.5-1]",
		"30 8500 0001 61 00 78",
		"Variable Byte Integer not minimal",
		MALFORMED,
	],
	["a Property Length longer than it need be", "30 05 0001 61 8000", "Variable Byte Integer not minimal", MALFORMED],
	["a Property Length of five bytes", "30 08 0001 61 8080808001", "Variable Byte Integer of five bytes", MALFORMED],
	["CONNACK with reserved flags [MQTT-3.2.2-1]", "20 03 02 00 00", "reserved flags", MALFORMED],
	["CONNACK without Property Length [MQTT-2.2.2-1]", "20 02 00 00", "truncated", MALFORMED],
	["CONNACK with a property cut short", "20 07 00 00 03 12 0005 61", "truncated", MALFORMED],
	["CONNACK with properties longer than the packet", "20 05 00 00 05 13 00", "truncated", MALFORMED],
	["CONNACK whose property runs over its Property Length", "20 06 00 00 02 13 001e", "truncated", MALFORMED],
	["CONNACK with a code that is another packet's [MQTT-3.2.2-8]", "20 03 00 01 00", "reason code", MALFORMED],
	["CONNACK that refuses a session it has [MQTT-3.2.2-6]", "20 03 01 87 00", "session present on refusal", PROTOCOL],
	["CONNACK with more than its fields", "20 04 00 00 00 00", "trailing bytes", MALFORMED],
	["an unknown property", "20 05 00 00 02 04 00", "unknown property", MALFORMED],
	["a property of another packet", "20 06 00 00 03 23 0001", "property of another packet", MALFORMED],
	[
		"a property of the Will in CONNECT",
		"10 12 0004 4d515454 05 02 0000 05 18 00000001 0000",
		"property of another packet",
		MALFORMED,
	],
	["a property twice", "20 09 00 00 06 13 001e 13 001e", "duplicate property", PROTOCOL],
	["a property twice, different values", "20 07 00 00 04 25 00 25 01", "duplicate property", PROTOCOL],
	["two Subscription Identifiers in SUBSCRIBE", "82 0b 0001 04 0b01 0b02 0001 61 00", "duplicate property", PROTOCOL],
	["Subscription Identifier 0", "82 09 0001 02 0b00 0001 61 00", "property value", PROTOCOL],
	["Receive Maximum 0", "20 06 00 00 03 21 0000", "property value", PROTOCOL],
	["Maximum Packet Size 0", "20 08 00 00 05 27 00000000", "property value", PROTOCOL],
	["Maximum QoS 2", "20 05 00 00 02 24 02", "property value", PROTOCOL],
	["Retain Available 2", "20 05 00 00 02 25 02", "property value", PROTOCOL],
	["Topic Alias 0 [MQTT-3.3.2-8]", "30 07 0001 61 03 23 0000", "topic alias", 0x94],
	["Response Topic with a wildcard [MQTT-3.3.2-14]", "30 08 0001 61 04 08 0001 23", "property value", PROTOCOL],
	["Authentication Data without a method", "20 07 00 00 04 16 0001 61", "property value", PROTOCOL],
	[
		"a User Property whose name has half a surrogate pair [MQTT-1.5.7-1]",
		"30 0c 0001 61 08 26 0003 eda080 0000",
		"UTF-8",
		MALFORMED,
	],
	["a User Property whose value has U+0000 [MQTT-1.5.7-1]", "30 0b 0001 61 07 26 0001 6b 0001 00", "U+0000", MALFORMED],
	["Response Topic with an overlong character [MQTT-3.3.2-13]", "30 09 0001 61 05 08 0002 c080", "UTF-8", MALFORMED],
	["Content Type with a character cut in two [MQTT-3.3.2-19]", "30 08 0001 61 04 03 0001 c3", "UTF-8", MALFORMED],
	["PUBLISH without topic or alias [MQTT-4.7.3-1]", "30 03 0000 00", "empty topic name", PROTOCOL],
	["PUBACK with a code that is another packet's [MQTT-3.4.2-1]", "40 03 0001 92", "reason code", MALFORMED],
	["PUBREC with a code that is another packet's [MQTT-3.5.2-1]", "50 03 0001 92", "reason code", MALFORMED],
	["PUBREL with a code that is another packet's [MQTT-3.6.2-1]", "62 03 0001 10", "reason code", MALFORMED],
	["PUBCOMP with a code that is another packet's [MQTT-3.7.2-1]", "70 03 0001 10", "reason code", MALFORMED],
	["PUBACK with more than its fields", "40 05 0001 00 00 00", "trailing bytes", MALFORMED],
	["SUBSCRIBE without topic filter [MQTT-3.8.3-2]", "82 03 0001 00", "no topic filter", PROTOCOL],
	["SUBSCRIBE with # before the end [MQTT-4.7.1-1]", "82 09 0001 00 0003 232f61 00", "topic filter", MALFORMED],
	["SUBSCRIBE with + in a level [MQTT-4.7.1-2]", "82 09 0001 00 0003 612b62 00", "topic filter", MALFORMED],
	["SUBSCRIBE with a surrogate [MQTT-3.8.3-1]", "82 09 0001 00 0003 eda080 00", "UTF-8", MALFORMED],
	["SUBSCRIBE with reserved options [MQTT-3.8.3-5]", "82 07 0001 00 0001 61 40", "reserved flags", MALFORMED],
	["SUBSCRIBE with Retain Handling 3", "82 07 0001 00 0001 61 30", "Retain Handling 3", MALFORMED],
	[
		"SUBSCRIBE shared, with No Local [MQTT-3.8.3-4]",
		"82 10 0001 00 000a 24 73 68 61 72 65 2f 67 2f 61 04",
		"No Local on a shared subscription",
		PROTOCOL,
	],
	[
		"SUBSCRIBE shared, without ShareName [MQTT-4.8.2-1]",
		"82 0f 0001 00 0009 24 73 68 61 72 65 2f 2f 61 00",
		"topic filter",
		MALFORMED,
	],
	[
		"SUBSCRIBE shared, with a wildcard ShareName [MQTT-4.8.2-2]",
		"82 10 0001 00 000a 24 73 68 61 72 65 2f 2b 2f 61 00",
		"topic filter",
		MALFORMED,
	],
	[
		"SUBSCRIBE shared, without topic filter",
		"82 0f 0001 00 0009 24 73 68 61 72 65 2f 67 2f 00",
		"topic filter",
		MALFORMED,
	],
	["SUBACK without Reason Code", "90 03 0001 00", "truncated", MALFORMED],
	["SUBACK with a code that is another packet's [MQTT-3.9.3-2]", "90 04 0001 00 11", "reason code", MALFORMED],
	["UNSUBSCRIBE without topic filter [MQTT-3.10.3-2]", "a2 03 0001 00", "no topic filter", PROTOCOL],
	["UNSUBSCRIBE with a surrogate [MQTT-3.10.3-1]", "a2 08 0001 00 0003 eda080", "UTF-8", MALFORMED],
	["UNSUBACK with a code that is another packet's [MQTT-3.11.3-2]", "b0 04 0001 00 01", "reason code", MALFORMED],
	["DISCONNECT with a code that is another packet's [MQTT-3.14.2-1]", "e0 01 86", "reason code", MALFORMED],
	["DISCONNECT with more than its fields", "e0 03 00 00 00", "trailing bytes", MALFORMED],
	["AUTH without a method", "f0 02 18 00", "property value", PROTOCOL],
	["AUTH without Property Length", "f0 01 18", "truncated", MALFORMED],
	["AUTH with a code that is another packet's [MQTT-3.15.2-1]", "f0 01 80", "reason code", MALFORMED],
];

function refused(version: Version, table: Row[]): void {
	for (const [name, source, code, reasonCode] of table) {
		test(`${name} is refused`, () => {
			const error = thrown(() => parsePacket(hex(source), version));
			expect(error).toBeInstanceOf(FormatError);
			expect((error as FormatError).code).toBe(code);
			expect(reasonCodeOf(code)).toBe(reasonCode);
		});
	}
}

function thrown(action: () => unknown): unknown {
	try {
		action();
	} catch (error) {
		return error;
	}
	return undefined;
}

describe("3.1.1", () => refused(V3_1_1, [...BOTH, ...ONLY_3_1_1]));
describe("5.0", () => refused(V5, [...BOTH, ...ONLY_5]));
