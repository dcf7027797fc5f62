// SPDX-License-Identifier: MIT
import { randomBytes } from "node:crypto";
import { crc32 } from "./crc-32.ts";

// A journal is a head and records, all numbers big-endian:
//   head: "katydid", version 1 (8 bytes); salt (4); CRC-32 of these (4)
//   record: count of bytes (4), or REMOVED; key (4); CRC-32 of salt, offset, count and key (4); CRC-32 that goes on with the bytes (4); bytes
// Salt and offset are in the checks, so that nothing in a message looks like a record.
const MAGIC = "katydid";
const VERSION = 1;
export const HEAD_SIZE = 16;
/** What a record takes besides its bytes. */
export const RECORD_SIZE = 16;
const REMOVED = 0xffffffff;
/** What the first check of a record is of; used again for each. */
const place = Buffer.alloc(16);

/** Bytes of a journal that are no records, between others that are. */
export interface Gap {
	/** Where, from the start of the file. */
	readonly offset: number;
	readonly length: number;
}

/** What was in a journal. */
export interface Contents {
	readonly salt: number;
	readonly records: Map<number, Uint8Array>;
	readonly gaps: readonly Gap[];
	/** Where its last record ends; what follows was cut short. */
	readonly end: number;
}

/** The head of a new journal, and its salt. */
export function newHead(): { salt: number; head: Uint8Array } {
	const head = Buffer.alloc(HEAD_SIZE);
	head.write(MAGIC, "latin1");
	head[MAGIC.length] = VERSION;
	randomBytes(4).copy(head, 8);
	head.writeUInt32BE(crc32(head.subarray(0, 12)), 12);
	return { salt: head.readUInt32BE(8), head };
}

/** A record for `offset`, with a copy of the bytes; without bytes, it says that the key was removed. */
export function newRecord(salt: number, offset: number, key: number, bytes?: Uint8Array): Uint8Array {
	const record = Buffer.alloc(RECORD_SIZE + (bytes?.length ?? 0));
	record.writeUInt32BE(bytes?.length ?? REMOVED, 0);
	record.writeUInt32BE(key, 4);
	const check = checkOf(salt, offset, record);
	record.writeUInt32BE(check, 8);
	if (bytes) record.set(bytes, RECORD_SIZE);
	record.writeUInt32BE(crc32(record.subarray(RECORD_SIZE), check), 12);
	return record;
}

/** Reads a whole journal; the records share its bytes. Throws when it is not one, or one of another version. */
export function readJournal(bytes: Uint8Array): Contents {
	const journal = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const salt = readHead(journal);
	const records = new Map<number, Uint8Array>();
	const gaps: Gap[] = [];
	let end = HEAD_SIZE;
	for (let at = HEAD_SIZE; at < journal.length; ) {
		const size = sizeAt(journal, at, salt);
		if (size === 0) {
			at++;
			continue;
		}
		if (at > end) gaps.push({ offset: end, length: at - end });
		const key = journal.readUInt32BE(at + 4);
		if (journal.readUInt32BE(at) === REMOVED) records.delete(key);
		else records.set(key, journal.subarray(at + RECORD_SIZE, at + size));
		at += size;
		end = at;
	}
	return { salt, records, gaps, end };
}

function readHead(journal: Buffer): number {
	const magic = journal.toString("latin1", 0, MAGIC.length);
	if (magic !== MAGIC) throw new Error(`expected a store that starts with "${MAGIC}", got ${JSON.stringify(magic)}`);
	const version = journal[MAGIC.length];
	if (version !== VERSION) throw new Error(`expected a store of version ${VERSION}, got version ${version}`);
	if (journal.length < HEAD_SIZE)
		throw new Error(`expected a store's head of ${HEAD_SIZE} bytes, got ${journal.length}`);
	if (crc32(journal.subarray(0, 12)) !== journal.readUInt32BE(12))
		throw new Error("expected a store's head, got a damaged one at offset 0");
	return journal.readUInt32BE(8);
}

/** How long the record at `at` is; 0 when there is none. */
function sizeAt(journal: Buffer, at: number, salt: number): number {
	const room = journal.length - at - RECORD_SIZE;
	if (room < 0) return 0;
	const count = journal.readUInt32BE(at);
	const length = count === REMOVED ? 0 : count;
	if (length > room) return 0;
	// The check of the count first: a search through damage stays linear.
	const check = journal.readUInt32BE(at + 8);
	if (checkOf(salt, at, journal.subarray(at, at + 8)) !== check) return 0;
	const size = RECORD_SIZE + length;
	return crc32(journal.subarray(at + RECORD_SIZE, at + size), check) === journal.readUInt32BE(at + 12) ? size : 0;
}

function checkOf(salt: number, offset: number, countAndKey: Uint8Array): number {
	place.writeUInt32BE(salt, 0);
	place.writeUInt32BE(offset % 2 ** 32, 4);
	place.set(countAndKey.subarray(0, 8), 8);
	return crc32(place);
}
