// SPDX-License-Identifier: MIT
// The codec against coap-packet, and the server against datagrams that nobody would send on purpose.
import { generate, parse } from "coap-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CON, Code, type Endpoint, Message, MessageWriter, NON, Server } from "../../src/coap/index.ts";
import { FormatError } from "../../src/wire/index.ts";
import { seeded } from "../support/random.ts";

const SEED = 20_261_123;

/** Names that coap-packet gives to numbers. */
const NAMES: Record<string, number> = {
	"If-Match": 1,
	"Uri-Host": 3,
	ETag: 4,
	"If-None-Match": 5,
	Observe: 6,
	"Uri-Port": 7,
	"Location-Path": 8,
	OSCORE: 9,
	"Uri-Path": 11,
	"Content-Format": 12,
	"Max-Age": 14,
	"Uri-Query": 15,
	"Hop-Limit": 16,
	Accept: 17,
	"Q-Block1": 19,
	"Location-Query": 20,
	Block2: 23,
	Block1: 27,
	Size2: 28,
	"Q-Block2": 31,
	"Proxy-Uri": 35,
	"Proxy-Scheme": 39,
	Size1: 60,
	"No-Response": 258,
	"OCF-Accept-Content-Format-Version": 2049,
	"OCF-Content-Format-Version": 2053,
};

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

const anyMessage = fc.record({
	type: fc.integer({ min: 0, max: 3 }),
	code: fc.integer({ min: 1, max: 255 }),
	messageId: fc.integer({ min: 0, max: 0xffff }),
	token: bytes(8),
	options: fc
		.array(
			fc.record({
				number: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 0xffff })),
				value: bytes(300),
			}),
			{ maxLength: 8 },
		)
		.map((options) => options.sort((a, b) => a.number - b.number)),
	payload: bytes(100),
});

type AnyMessage = typeof anyMessage extends fc.Arbitrary<infer T> ? T : never;

function written(message: AnyMessage): Uint8Array {
	const writer = new MessageWriter();
	writer.header(new Uint8Array(4_000), message.type, message.code, message.messageId, message.token);
	for (const { number, value } of message.options) writer.opaqueOption(number, value);
	if (message.payload.length > 0) writer.payload(message.payload);
	return writer.bytes.slice(0, writer.at);
}

class Recorder extends Message {
	readonly options: AnyMessage["options"] = [];

	protected override option(number: number, start: number, end: number): void {
		this.options.push({ number, value: this.bytes.slice(start, end) });
	}
}

/** What this codec makes of a datagram; undefined when it is malformed. */
function oursOf(datagram: Uint8Array): AnyMessage | undefined {
	const ours = new Recorder();
	try {
		ours.parse(datagram, datagram.length);
	} catch (error) {
		if (error instanceof FormatError) return undefined;
		throw error;
	}
	const { type, code, messageId, options } = ours;
	const token = datagram.slice(4, 4 + ours.tokenLength);
	return { type, code, messageId, token, options, payload: datagram.slice(ours.payloadAt, ours.end) };
}

function theirsOf(datagram: Uint8Array): AnyMessage {
	const packet = parse(Buffer.from(datagram));
	const [part, detail] = packet.code.split(".");
	return {
		type: packet.confirmable ? 0 : packet.reset ? 3 : packet.ack ? 2 : 1,
		code: Number(part) * 32 + Number(detail),
		messageId: packet.messageId,
		token: Uint8Array.from(packet.token),
		options: packet.options.map(({ name, value }) => ({
			number: NAMES[name] ?? Number(name),
			value: Uint8Array.from(value),
		})),
		payload: Uint8Array.from(packet.payload),
	};
}

describe("the codec and coap-packet", () => {
	test("read the same in what this one writes", () => {
		fc.assert(
			fc.property(anyMessage, (message) => {
				const datagram = written(message);
				expect(theirsOf(datagram)).toEqual(message);
				expect(oursOf(datagram)).toEqual(message);
			}),
			{ seed: SEED, numRuns: 500 },
		);
	});

	test("write the same", () => {
		fc.assert(
			fc.property(anyMessage, (message) => {
				const packet = generate(
					{
						confirmable: message.type === 0,
						ack: message.type === 2,
						reset: message.type === 3,
						code: `${message.code >> 5}.${message.code & 31}`,
						messageId: message.messageId,
						token: Buffer.from(message.token),
						options: message.options.map(({ number, value }) => ({ name: number, value: Buffer.from(value) })),
						payload: Buffer.from(message.payload),
					},
					4_000,
				);
				expect(written(message)).toEqual(Uint8Array.from(packet));
			}),
			{ seed: SEED, numRuns: 500 },
		);
	});

	test("agree on any bytes that this one finds well-formed", () => {
		let wellFormed = 0;
		const plausible = fc
			.tuple(fc.integer({ min: 0x40, max: 0x7f }), bytes(40))
			.map(([first, rest]) => Uint8Array.of(first, ...rest));
		fc.assert(
			fc.property(fc.oneof(bytes(40), plausible), (datagram) => {
				const message = oursOf(datagram);
				if (message === undefined) return;
				wellFormed++;
				expect(theirsOf(datagram)).toEqual(message);
			}),
			{ seed: SEED, numRuns: 3_000 },
		);
		expect(wellFormed).toBeGreaterThan(50);
	});
});

/** How many objects, bytes and characters are within reach of `root`. */
function weigh(root: object): number {
	const seen = new Set<unknown>();
	const stack: unknown[] = [root];
	let weight = 0;
	while (stack.length > 0) {
		const item = stack.pop();
		if (typeof item === "string") weight += item.length;
		if (typeof item !== "object" || item === null || seen.has(item)) continue;
		seen.add(item);
		weight++;
		if (ArrayBuffer.isView(item)) weight += item.byteLength;
		else if (item instanceof Map) for (const entry of item) stack.push(...entry);
		else stack.push(...Object.values(item));
	}
	return weight;
}

describe("the server, given noise,", () => {
	const random = seeded(SEED);
	const below = (limit: number) => Math.floor(random() * limit);
	const into = new Uint8Array(1472);
	const to: Endpoint = { address: "", port: 0 };

	/** A server, and what it takes to give it a datagram and count the bytes that come back. */
	function server() {
		const errors: Error[] = [];
		const machine = new Server({ random, onError: (error) => errors.push(error) });
		const resource = machine.resource("a", {
			ct: [0],
			observable: true,
			get: () => "a representation that is longer than the request",
			put: (request) => request.text().slice(0, 4),
			post: (request) => request.payload.slice(0, 4),
			delete: () => undefined,
		});
		const give = (datagram: Uint8Array, now: number) => {
			const from = { address: `192.0.2.${below(250)}`, port: below(65_536) };
			let sent = machine.receive(datagram, from, now)?.length ?? 0;
			while (machine.due) {
				const bytes = machine.transmit(to, now);
				if (bytes !== undefined && to.address === from.address && to.port === from.port) sent += bytes.length;
			}
			return sent;
		};
		return { machine, resource, errors, give };
	}

	/** A well-formed request, or a mutilated one, or nothing but noise. */
	function noise(): Uint8Array {
		const request = written({
			type: below(4),
			code: below(5),
			messageId: below(65_536),
			token: new Uint8Array(below(9)).map(() => below(256)),
			options: [
				...(below(2) ? [{ number: 6, value: new Uint8Array(below(2)) }] : []),
				{ number: 11, value: Uint8Array.of(below(4) ? 0x61 : 0x62) },
				...(below(3)
					? []
					: [
							{
								number: [12, 14, 15, 17, 23, 27, 35, 60, 258, 2051][below(10)]!,
								value: new Uint8Array(below(5)).map(() => below(256)),
							},
						]),
			],
			payload: new Uint8Array(below(3) ? 0 : below(40)).map(() => below(256)),
		});
		if (below(5) === 0) return new Uint8Array(below(60)).map(() => below(256));
		for (let i = below(4); i > 0; i--) request[below(request.length)] = below(256);
		return request.subarray(0, below(4) ? request.length : below(request.length));
	}

	test("never throws, and answers with at most three times what came, a well-formed GET aside", () => {
		const { give, errors } = server();
		let answered = 0;
		for (let i = 0; i < 20_000; i++) {
			const datagram = noise();
			const sent = give(datagram, i);
			if (sent > 0) answered++;
			const message = oursOf(datagram);
			const get = message?.code === Code.GET && (message.type === CON || message.type === NON);
			// What is malformed is never answered with more than it sent.
			const limit = message === undefined ? datagram.length : get ? into.length : 3 * datagram.length;
			if (sent > limit) throw new Error(`${datagram.length} bytes were answered with ${sent}: ${datagram}`);
		}
		expect(answered).toBeGreaterThan(1_000);
		expect(errors).toEqual([]);
	});

	test("does not grow, whatever comes from however many endpoints", () => {
		const { machine, resource, give } = server();
		let now = 0;
		const rounds = (count: number) => {
			for (let i = 0; i < count; i++) {
				give(noise(), now++);
				if (i % 100 === 0) resource.changed();
				machine.expire(now);
			}
			return weigh(machine);
		};
		const before = rounds(5_000);
		// Strings of addresses differ in length, and so do the datagrams that await an ACK.
		expect(rounds(20_000)).toBeLessThan(before + 3_000);
		expect(machine.observed).toBeLessThanOrEqual(16);
		expect(machine.forgotten).toBeGreaterThan(1_000);
	});
});
