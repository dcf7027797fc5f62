// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import type { Message } from "../../src/mqtt/index.ts";
import { V3_1_1, V5 } from "../../src/mqtt/version.ts";
import { connack, Pair, type PairOptions, puback, publish } from "../support/mqtt-pair.ts";

/** Bytes that tell where they belong. */
function pattern(length: number): Uint8Array {
	return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
}

/** A source over `bytes` that gives at most `piece` at once. */
function source(bytes: Uint8Array, piece = 1000) {
	return {
		length: bytes.length,
		read(into: Uint8Array, offset: number): number {
			const part = bytes.subarray(offset, offset + Math.min(piece, into.length));
			into.set(part);
			return part.length;
		},
	};
}

/** A pair whose application gathers large messages. */
function gathering(options: PairOptions & { pauseAt?: number } = {}) {
	const parts: [offset: number, length: number, size: number][] = [];
	const bytes: number[] = [];
	const pair: Pair = new Pair({
		maximumPacketSize: 128,
		maximumStreamedSize: 100_000,
		...options,
		onPart(message: Message, offset: number, size: number) {
			parts.push([offset, message.payload.length, size]);
			bytes.push(...message.payload);
			return parts.length !== options.pauseAt;
		},
	});
	return { pair, parts, bytes };
}

for (const version of [V3_1_1, V5] as const) {
	describe(version === V5 ? "5.0" : "3.1.1", () => {
		test("a message larger than the buffer comes in parts that follow each other", () => {
			for (const chunks of [undefined, 1, 2]) {
				const { pair, parts, bytes } = gathering({ version, ...(chunks !== undefined && { chunks }) });
				const payload = pattern(1000);
				pair.sends(publish("a", "", 0, { payload }), publish("b", "small"));
				expect(bytes).toEqual([...payload]);
				let next = 0;
				for (const [offset, length, size] of parts) {
					expect([offset, size]).toEqual([next, 1000]);
					next += length;
				}
				expect(pair.messages.map(({ topicName }) => topicName)).toEqual(["b"]);
			}
		});

		test("it is acknowledged when all of it was taken, and not before", () => {
			const { pair, bytes } = gathering({ version });
			pair.said();
			const payload = pattern(300);
			const packet = publish("a", "", 7, { payload });
			const whole = pair.encoded(packet);
			pair.deliver(whole.subarray(0, 200));
			expect(pair.said()).toEqual([]);
			pair.deliver(whole.subarray(200));
			expect(pair.said()).toEqual(["PUBACK 7"]);
			expect(bytes).toHaveLength(300);
		});

		test("one at QoS 2 that comes twice is given once [MQTT-4.3.3-10]", () => {
			const { pair, bytes } = gathering({ version, answers: false });
			pair.sends(connack());
			const packet = publish("a", "", 7, { payload: pattern(300), qos: 2 });
			pair.sends(packet, { ...packet, duplicate: true });
			expect(bytes).toHaveLength(300);
			expect(pair.said().slice(1)).toEqual(["PUBREC 7", "PUBREC 7"]);
		});

		test("one whose connection ends in its middle comes again from its beginning", () => {
			const { pair, parts } = gathering({ version, cleanStart: false });
			const packet = publish("a", "", 7, { payload: pattern(300), qos: 2 });
			pair.deliver(pair.encoded(packet).subarray(0, 200));
			pair.breaks();
			pair.sessionPresent = true;
			pair.advance(2000);
			parts.length = 0;
			pair.sends({ ...packet, duplicate: true });
			expect(parts[0]![0]).toBe(0);
			expect(parts.reduce((sum, [, length]) => sum + length, 0)).toBe(300);
		});

		test("an application that takes no more is given no more until it resumes, and the connection lives", () => {
			const { pair, bytes } = gathering({ version, pauseAt: 1, keepAlive: 10 });
			const payload = pattern(600);
			pair.sends(publish("a", "", 0, { payload }));
			expect(bytes.length).toBeLessThan(200);
			pair.advance(60_000);
			expect(pair.open).toBe(true);
			pair.client.resume();
			pair.settle();
			expect(bytes).toEqual([...payload]);
		});

		test("a payload is read while it is sent, and nothing is written into its middle", () => {
			const pair = new Pair({ version, maximumPacketSize: 128, answers: false });
			pair.sends(connack());
			pair.said();
			const payload = pattern(5000);
			pair.writable = false;
			expect(pair.client.publish("big", source(payload, 77), { qos: 1 })).toBe(true);
			pair.client.publish("small", "1", { qos: 1 });
			pair.sends(publish("in", "x", 9));
			pair.client.subscribe("s", 0);
			pair.writable = true;
			pair.settle();
			const big = pair.packets.find(({ topicName }) => topicName === "big")!;
			expect(big).toMatchObject({ qos: 1, packetIdentifier: 2 });
			expect(big.payload).toEqual(payload);
			const lines = pair.said().map((line) => (line.length > 100 ? "PUBLISH 2 big" : line));
			expect(lines.sort()).toEqual(["PUBACK 9", "PUBLISH 2 big", "PUBLISH 3 small=1", "SUBSCRIBE 1 s at 0"]);
			pair.sends(puback(2), puback(3));
		});

		test("a source that has nothing now is asked again after resume", () => {
			const pair = new Pair({ version, maximumPacketSize: 128 });
			const payload = pattern(500);
			let there = 200;
			const slow = {
				length: 500,
				read(into: Uint8Array, offset: number): number {
					const part = payload.subarray(offset, Math.min(there, offset + into.length));
					into.set(part);
					return part.length;
				},
			};
			pair.client.publish("a", slow, { qos: 2 });
			pair.settle();
			expect(pair.packets.at(-1)!.topicName).not.toBe("a");
			there = 500;
			pair.client.resume();
			pair.settle();
			expect(pair.packets.find(({ topicName }) => topicName === "a")!.payload).toEqual(payload);
			expect(pair.client.idle).toBe(true);
		});

		test("one that was not acknowledged is read again from its beginning", () => {
			const pair = new Pair({ version, maximumPacketSize: 128, cleanStart: false, answers: false });
			pair.sends(connack());
			const payload = pattern(700);
			pair.client.publish("a", source(payload), { qos: 1 });
			pair.settle();
			pair.breaks();
			pair.advance(2000);
			pair.sends(connack(true));
			pair.settle();
			const sent = pair.packets.filter(({ topicName }) => topicName === "a");
			expect(sent.map(({ duplicate }) => duplicate)).toEqual([false, true]);
			expect(sent[1]!.payload).toEqual(payload);
		});

		test("a source that fails ends the connection, for its packet cannot be finished", () => {
			for (const read of [() => -1, () => 1e9, () => Number.NaN, fails]) {
				const pair = new Pair({ version, maximumPacketSize: 128 });
				pair.client.publish("a", { length: 1000, read });
				pair.settle();
				expect(pair.reasons[0]).toMatchObject({ code: "PAYLOAD_FAILED" });
				expect(pair.said()).not.toContain("DISCONNECT");
			}
		});

		test("what cannot be a source is refused", () => {
			const pair = new Pair({ version });
			for (const payload of [{}, null, { length: 1 }, { length: -1, read: () => 0 }, 5]) {
				expect(() => pair.client.publish("a", payload as never)).toThrow(/expected/);
			}
		});
	});
}

function fails(): number {
	throw new Error("the card is gone");
}

test("in 5.0 the broker is told how much is taken, and what is more is refused with 0x95 [MQTT-3.1.2-24]", () => {
	const { pair } = gathering({ version: V5, maximumStreamedSize: 1000 });
	expect(pair.packets[0]!.properties!.maximumPacketSize).toBe(1000);
	pair.sends(publish("a", "", 0, { payload: pattern(2000) }));
	expect(pair.packets.at(-1)).toMatchObject({ reasonCode: 0x95 });
	expect(pair.reasons[0]!.reasonCode).toBe(0x95);
});
