// SPDX-License-Identifier: MIT
import coapPacket from "coap-packet";
import mqttPacket from "mqtt-packet";
import { ACK, Code, Format, Message, MessageWriter, Option } from "../../src/coap/index.ts";
import { Framer } from "../../src/mqtt/framer.ts";
import { Publish, parsePublish, writePublish } from "../../src/mqtt/publish.ts";
import { V3_1_1 } from "../../src/mqtt/version.ts";
import { Writer } from "../../src/wire/index.ts";
import { median, type Ratio, ratio } from "./ratio.ts";

const ROUNDS = 9;
/** How long one side of a round takes, in milliseconds. */
const TIME = 60;

const TOPIC = "home/livingroom/thermostat/temperature";
const PAYLOAD = Buffer.from("22.5");
const BYTES = new Uint8Array(256);

/** One packet a call. */
type Step = () => unknown;

/** How many packets a second a codec makes, beside another one's. */
export interface Comparison {
	name: string;
	ours: number;
	theirs: number;
	ratio: Ratio;
}

/** Codecs in this process, in turns. */
export function compareCodecs(): Comparison[] {
	return Object.entries({ ...mqtt(), ...coap() }).map(([name, [our, their]]) => compare(name, our, their));
}

function compare(name: string, our: Step, their: Step): Comparison {
	rate(our);
	rate(their);
	const [ours, theirs]: [number[], number[]] = [[], []];
	for (let round = 0; round < ROUNDS; round++) {
		ours.push(rate(our));
		theirs.push(rate(their));
	}
	return { name, ours: median(ours), theirs: median(theirs), ratio: ratio(ours, theirs) };
}

/** Calls a second. */
function rate(step: Step): number {
	const start = performance.now();
	let count = 0;
	let elapsed = 0;
	while (elapsed < TIME) {
		for (let i = 0; i < 1000; i++) step();
		count += 1000;
		elapsed = performance.now() - start;
	}
	return (1000 * count) / elapsed;
}

function mqtt(): Record<string, [Step, Step]> {
	const packet = new Publish();
	packet.topicName = TOPIC;
	packet.payload = PAYLOAD;
	const theirs = { cmd: "publish", topic: TOPIC, payload: PAYLOAD, qos: 0, retain: false, dup: false } as const;
	const bytes = mqttPacket.generate(theirs);
	const writer = new Writer();
	const framer = new Framer(V3_1_1, 2048);
	const received = new Publish();
	const parser = mqttPacket.parser();
	return {
		"PUBLISH encoded, mqtt-packet": [
			() => writePublish(writer.over(BYTES), packet, V3_1_1, 0),
			() => mqttPacket.generate(theirs),
		],
		"PUBLISH decoded, mqtt-packet": [
			() => {
				framer.room(bytes.length).set(bytes);
				while (framer.next() !== 0) parsePublish(framer, framer.flags, V3_1_1, received);
			},
			() => parser.parse(bytes),
		],
	};
}

/** A message with what coap-packet makes of one: each option's number and value, the token and the payload. */
class RecordedMessage extends Message {
	options: { number: number; value: Uint8Array }[] = [];
	payload!: Uint8Array;
	tokenRead!: Uint8Array;

	read(bytes: Uint8Array): this {
		this.options = [];
		this.parse(bytes, bytes.length);
		this.tokenRead = this.token;
		this.payload = bytes.subarray(this.payloadAt, this.end);
		return this;
	}

	protected override option(number: number, start: number, end: number): void {
		this.options.push({ number, value: this.bytes.subarray(start, end) });
	}
}

function coap(): Record<string, [Step, Step]> {
	const token = Buffer.from([0xc0, 0xff, 0xee, 1]);
	const writer = new MessageWriter();
	const message = new RecordedMessage();
	const request = coapPacket.generate({
		code: "GET",
		messageId: 7,
		token,
		confirmable: true,
		options: [{ name: "Uri-Path", value: Buffer.from("temperature") }],
	});
	return {
		"2.05 encoded, coap-packet": [
			() => {
				writer.header(BYTES, ACK, Code.CONTENT, 7, token);
				writer.uintOption(Option.CONTENT_FORMAT, Format.TEXT);
				writer.payload(PAYLOAD);
			},
			() =>
				coapPacket.generate({
					code: "2.05",
					messageId: 7,
					token,
					ack: true,
					options: [{ name: "Content-Format", value: Buffer.alloc(0) }],
					payload: PAYLOAD,
				}),
		],
		"GET decoded, coap-packet": [() => message.read(request), () => coapPacket.parse(request)],
	};
}
