// SPDX-License-Identifier: MIT
import { type Files, nodeFiles } from "./files.ts";
import { type Gap, HEAD_SIZE, newHead, newRecord, RECORD_SIZE, readJournal } from "./journal.ts";
import { lock } from "./lock.ts";

const CLOSED = "was closed";

/** How a file store keeps what it keeps. */
export interface FileStoreOptions {
	/** `always` (as it is unless given): what was put or deleted survives a power cut. `never`: it survives the process, and the last of it may be gone after a power cut, or the next opening finds damage. */
	readonly fsync?: "always" | "never";
	/** Bytes of records that are out of date before the file is written anew, which also waits until they are more than those that are not; 65,536 unless given. */
	readonly garbage?: number;
	/** Told, before anything changes, of each damage between records, which is then removed for good; what it throws, the constructor throws, and the file stays as it is. Without it the constructor throws on damage. */
	readonly onDamage?: (damage: Gap & { readonly path: string }) => void;
	/** Where the file is; this machine's file system unless given. */
	readonly files?: Files;
}

/**
 * A `Store`: keeps a session's state in a file of this machine, for one process at a time: a journal to which each change is appended. A record takes its bytes and 16 more, a
 * deletion 16, in the file; all records are in memory, too. Each change is one write and, with `fsync`, one flush of the disk (on flash, a block at least).
 * A record at the end that was cut short is cut off when the file is opened, damage before it is reported.
 */
export class FileStore {
	readonly path: string;
	/** Bytes at the end of the file that were no whole record when it was opened, and were cut off. */
	readonly torn: number;
	private readonly files: Files;
	private readonly always: boolean;
	private readonly garbage: number;
	private readonly unlock: () => void;
	private readonly records: Map<number, Uint8Array>;
	/** What is to be said of any change: that the store was closed, or failed. */
	private refusal: string | undefined;
	private file = -1;
	private salt = 0;
	/** Where the next record goes. */
	private end = 0;
	/** Bytes of the records that are not out of date. */
	private live = 0;
	/** The file's name may still be the old file's after a power cut. */
	private folderDue = true;
	private compactAt = 0;

	/** Opens the file at `path`, or makes it, for its owner alone; its folder must be there. Throws when it cannot, when another process has it, when it is no store, and on damage (see `onDamage`); then the file is as it was. */
	constructor(path: string, options: FileStoreOptions = {}) {
		const { fsync = "always", garbage = 65_536, onDamage, files = nodeFiles } = options;
		if (fsync !== "always" && fsync !== "never")
			throw new TypeError(`expected fsync to be "always" or "never", got ${JSON.stringify(fsync)}`);
		this.path = path;
		this.files = files;
		this.always = fsync === "always";
		this.garbage = garbage;
		this.unlock = lock(path, files);
		try {
			files.remove(this.temporary);
			const bytes = files.read(path);
			const { salt, records, gaps, end } = read(path, bytes);
			if (gaps[0] && !onDamage)
				throw new Error(
					`${path}: expected a record at offset ${gaps[0].offset}, got ${gaps[0].length} bytes of damage`,
				);
			for (const gap of gaps) onDamage?.({ path, ...gap });
			this.records = records;
			// Copies: a record must not hold on to the whole file.
			for (const [key, record] of records) {
				records.set(key, Uint8Array.from(record));
				this.live += RECORD_SIZE + record.length;
			}
			this.torn = (bytes?.length ?? 0) - end;
			if (end === 0 || gaps.length > 0) this.rewrite();
			else this.adopt(salt, end);
			this.syncFolder();
		} catch (error) {
			this.close();
			throw error;
		}
	}

	/** Keeps `bytes` under `key` (0 to 2**32 - 1, or it throws RangeError), in place of what was there. Throws what the file system throws, as when there is no room, and then nothing has changed. */
	put(key: number, bytes: Uint8Array): void {
		if (key >>> 0 !== key) throw new RangeError(`expected a key from 0 to 4294967295, got ${key}`);
		const record = newRecord(this.salt, this.end, key, bytes);
		this.append(record);
		this.forget(key);
		this.records.set(key, record.subarray(RECORD_SIZE));
		this.live += record.length;
		this.compact();
	}

	/** A key that is not there changes nothing. Throws as `put` does: on a disk that is full there is no room to delete, either. */
	delete(key: number): void {
		if (!this.records.has(key)) return;
		this.append(newRecord(this.salt, this.end, key));
		this.forget(key);
		this.compact();
	}

	/** What is kept, in ascending order of keys; the bytes are the caller's. */
	entries(): [key: number, bytes: Uint8Array][] {
		const entries = Array.from(this.records, ([key, bytes]): [number, Uint8Array] => [key, Uint8Array.from(bytes)]);
		return entries.sort(([one], [other]) => one - other);
	}

	/** Lets others use the file. A second call does nothing; changes throw from now on. */
	close(): void {
		if (this.refusal === CLOSED) return;
		this.refusal = CLOSED;
		try {
			if (this.file >= 0) this.files.close(this.file);
		} finally {
			this.unlock();
		}
	}

	private get temporary(): string {
		return `${this.path}.new`;
	}

	/** Goes on with the file that is there; what its last process wrote and did not flush is flushed. */
	private adopt(salt: number, end: number): void {
		this.file = this.files.open(this.path, "r+");
		this.salt = salt;
		this.end = end;
		if (this.torn > 0) this.files.truncate(this.file, end);
		if (this.always) this.files.sync(this.file);
	}

	private append(record: Uint8Array): void {
		if (this.refusal) throw new Error(`${this.path}: expected an open store, got one that ${this.refusal}`);
		this.syncFolder();
		const written = { count: 0 };
		try {
			this.write(this.file, record, this.end, written);
			if (this.always) this.files.sync(this.file);
		} catch (error) {
			if (written.count > 0) this.takeBack(error);
			throw error;
		}
		this.end += record.length;
	}

	/** Takes off what was written of a record. When that fails too, nobody knows what is on the disk: no more is written. */
	private takeBack(cause: unknown): void {
		try {
			this.files.truncate(this.file, this.end);
			if (this.always) this.files.sync(this.file);
		} catch {
			this.refusal = `failed (${cause instanceof Error ? cause.message : cause}); open it again`;
		}
	}

	private write(file: number, bytes: Uint8Array, position: number, written = { count: 0 }): void {
		while (written.count < bytes.length) {
			const count = this.files.write(file, bytes.subarray(written.count), position + written.count);
			if (count === 0) throw new Error(`${this.path}: expected to write ${bytes.length} bytes, got ${written.count}`);
			written.count += count;
		}
	}

	private forget(key: number): void {
		const record = this.records.get(key);
		if (!record) return;
		this.records.delete(key);
		this.live -= RECORD_SIZE + record.length;
	}

	private compact(): void {
		const garbage = this.end - HEAD_SIZE - this.live;
		if (garbage <= this.garbage || garbage <= this.live || this.end < this.compactAt) return;
		try {
			this.rewrite();
			this.syncFolder();
		} catch {
			// The file as it is says the same: there was no room for another. Later, then.
			this.compactAt = this.end + this.garbage;
		}
	}

	/** Writes what is kept into a new file, which then takes the place of the old one. Flushes whatever `fsync` says: else a power cut could leave neither. */
	private rewrite(): void {
		const { salt, head } = newHead();
		const file = this.files.open(this.temporary, "wx");
		let end = HEAD_SIZE;
		try {
			this.write(file, head, 0);
			for (const [key, bytes] of this.records) {
				const record = newRecord(salt, end, key, bytes);
				this.write(file, record, end);
				end += record.length;
			}
			this.files.sync(file);
			this.files.rename(this.temporary, this.path);
		} catch (error) {
			this.files.close(file);
			this.files.remove(this.temporary);
			throw error;
		}
		const old = this.file;
		this.file = file;
		this.salt = salt;
		this.end = end;
		this.folderDue = true;
		if (old >= 0) this.files.close(old);
	}

	private syncFolder(): void {
		if (!this.folderDue) return;
		this.files.syncFolder(this.path);
		this.folderDue = false;
	}
}

/** A file that is not there, or is empty, is a store without records. */
function read(path: string, bytes: Uint8Array | undefined) {
	if (!bytes?.length) return { salt: 0, records: new Map<number, Uint8Array>(), gaps: [], end: 0 };
	try {
		return readJournal(bytes);
	} catch (error) {
		throw new Error(`${path}: ${(error as Error).message}`);
	}
}
