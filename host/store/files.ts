// SPDX-License-Identifier: MIT
import * as fs from "node:fs";
import { dirname } from "node:path";
import { identify, runs } from "./owner.ts";

/** What a store needs of a file system; errors are thrown as node:fs throws them, with their `code`. */
export interface Files {
	/** Names this process, and no other of this machine. */
	readonly owner: string;
	/** Whether the process of that name runs; a text that is no such name is of none. */
	runs(owner: string): boolean;
	/** The whole file; undefined when there is none. */
	read(path: string): Uint8Array | undefined;
	/** Opens for reading and writing: a file that is there (`r+`), or a new one for its owner alone (`wx`, mode 0600), which must not be there. */
	open(path: string, flags: "r+" | "wx"): number;
	/** Returns how many of the bytes were written, which may be fewer. */
	write(file: number, bytes: Uint8Array, position: number): number;
	truncate(file: number, length: number): void;
	/** What was written to the file so far survives a power cut. */
	sync(file: number): void;
	/** What was linked, renamed and removed so far in the folder of `path` survives a power cut. */
	syncFolder(path: string): void;
	close(file: number): void;
	/** Gives a file a second name, which must not be there. */
	link(from: string, to: string): void;
	/** Gives a file another name, in place of what was there. */
	rename(from: string, to: string): void;
	/** A file that is not there is fine. */
	remove(path: string): void;
}

/** This machine's files. */
export const nodeFiles: Files = {
	get owner() {
		return identify(process.pid);
	},
	runs,
	read(path) {
		try {
			return fs.readFileSync(path);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
			throw error;
		}
	},
	open: (path, flags) => fs.openSync(path, flags, 0o600),
	write: (file, bytes, position) => fs.writeSync(file, bytes, 0, bytes.length, position),
	truncate: (file, length) => fs.ftruncateSync(file, length),
	sync: (file) => fs.fsyncSync(file),
	syncFolder(path) {
		// Windows opens no folders, and keeps their changes by itself.
		if (process.platform === "win32") return;
		const folder = fs.openSync(dirname(path), "r");
		try {
			fs.fsyncSync(folder);
		} finally {
			fs.closeSync(folder);
		}
	},
	close: (file) => fs.closeSync(file),
	link: (from, to) => fs.linkSync(from, to),
	rename: (from, to) => fs.renameSync(from, to),
	remove: (path) => fs.rmSync(path, { force: true }),
};
