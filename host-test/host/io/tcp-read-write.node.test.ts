// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { bytes, text } from "./bytes.ts";
import { Journal, settled } from "./journal.ts";
import { connected, received, stuck } from "./peer.ts";

const WINDOW = 1536;

describe("TCP write", () => {
	test("takes all and returns how much may still be written; room comes back", async () => {
		const { tcp, journal, peer } = await connected();
		expect(tcp.write(bytes("hello "))).toBe(WINDOW - 6);
		expect(tcp.write(bytes("world").buffer as ArrayBuffer)).toBe(WINDOW - 11);
		await journal.has(`writable ${WINDOW}`, 2);
		tcp.close();
		expect(await received(peer)).toBe("hello world");
	});

	test("fills the window to the last byte; one more throws and nothing of it is sent", async () => {
		const { tcp, peer } = await connected();
		expect(() => tcp.write(new Uint8Array(WINDOW + 1))).toThrow(/expected at most 1536 bytes to write, got 1537/);
		expect(tcp.write(new Uint8Array(WINDOW).fill(0x61))).toBe(0);
		expect(() => tcp.write(bytes("b"))).toThrow(/expected at most 0 bytes/);
		tcp.close();
		expect(await received(peer)).toBe("a".repeat(WINDOW));
	});

	test("sends the part that a view shows, as it was when written", async () => {
		const { tcp, peer } = await connected();
		const reused = bytes("--view--");
		tcp.write(reused.subarray(2, 6));
		tcp.write(new DataView(reused.buffer, 2, 1));
		reused.fill(0);
		tcp.close();
		expect(await received(peer)).toBe("viewv");
	});

	test("gives no room, and keeps the bytes as they were written, while the peer does not read", async () => {
		const buffer = new Uint8Array(WINDOW).fill(0x61);
		const { tcp, peer, written } = await stuck(buffer);
		buffer.fill(0);
		expect(() => tcp.write(bytes("x"))).toThrow(/expected at most 0 bytes to write, got 1/);
		tcp.close();
		expect(await received(peer)).toBe("a".repeat(written));
	});

	test("what is no buffer throws", async () => {
		const { tcp } = await connected();
		expect(() => tcp.write("text" as never)).toThrow(/expected a buffer, got string/);
	});

	test("carries more than the window, a window at a time", async () => {
		const total = 100_000;
		let left = total;
		const { peer } = await connected({
			onWritable(count) {
				const size = Math.min(count, left);
				left -= size;
				if (size > 0) this.write(new Uint8Array(size).fill(0x61));
				else this.close();
			},
		});
		expect(await received(peer)).toHaveLength(total);
	});
});

describe("TCP read", () => {
	test("without argument gives all that is there, then undefined", async () => {
		const { tcp, journal, peer } = await connected();
		peer.write("hello");
		await journal.has("readable 5");
		const buffer = tcp.read();
		expect(buffer).toBeInstanceOf(ArrayBuffer);
		expect(text(buffer)).toBe("hello");
		expect(tcp.read()).toBeUndefined();
	});

	test("of a count gives exactly that many; past the end throws and takes nothing", async () => {
		const { tcp, journal, peer } = await connected();
		peer.write("hello");
		await journal.has("readable 5");
		for (const count of [6, 0, -1, Number.NaN])
			expect(() => tcp.read(count)).toThrow(`expected 1 to 5 bytes to read, got ${count}`);
		expect(text(tcp.read(2))).toBe("he");
		expect(text(tcp.read(3))).toBe("llo");
		expect(tcp.read(1)).toBeUndefined();
	});

	test("into a buffer fills it and returns its length; a longer one throws and takes nothing", async () => {
		const { tcp, journal, peer } = await connected();
		peer.write("hello");
		await journal.has("readable 5");
		const whole = bytes("--------");
		expect(() => tcp.read(whole)).toThrow(/expected 1 to 5 bytes to read, got 8/);
		expect(tcp.read(whole.subarray(2, 6))).toBe(4);
		expect(text(whole.buffer as ArrayBuffer)).toBe("--hell--");
		expect(tcp.read(new ArrayBuffer(1))).toBe(1);
		expect(tcp.read(whole)).toBeUndefined();
	});

	test("onReadable counts all that is there, and is not repeated for bytes it told of", async () => {
		const { tcp, journal, peer } = await connected();
		peer.write("abc");
		await journal.has("readable 3");
		tcp.read(1);
		await settled();
		peer.write("de");
		await journal.has("readable 4");
		expect(journal.lines).toEqual([`writable ${WINDOW}`, "readable 3", "readable 4"]);
	});

	test("shows at most a window of bytes; the sender waits until they are read", async () => {
		const total = 4_000_000;
		const { tcp, journal, peer } = await connected();
		peer.write(new Uint8Array(total));
		await journal.has(`readable ${WINDOW}`);
		await settled();
		expect(peer.writableLength).toBeGreaterThan(0);
		expect(tcp.read(new Uint8Array(WINDOW))).toBe(WINDOW);
		await journal.has(`readable ${WINDOW}`, 2);
		expect(() => tcp.read(WINDOW + 1)).toThrow(/expected 1 to 1536 bytes/);
	});

	test("loses no byte of a long stream", async () => {
		const total = 300_000;
		const journal = new Journal();
		let sum = 0;
		let count = 0;
		const { peer } = await connected({
			onReadable(readable) {
				expect(readable).toBeLessThanOrEqual(WINDOW);
				for (const byte of new Uint8Array(this.read()!)) sum += byte;
				count += readable;
			},
			onError: () => journal.note("end"),
		});
		peer.end(Uint8Array.from({ length: total }, (_, index) => index % 251));
		await journal.has("end");
		expect(count).toBe(total);
		expect(sum).toBe(Array.from({ length: total }, (_, index) => index % 251).reduce((a, b) => a + b));
	});
});
