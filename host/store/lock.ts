// SPDX-License-Identifier: MIT
import type { Files } from "./files.ts";

const ATTEMPTS = 5;

/**
 * Makes `path` this process's alone by a file beside it, `.lock`, and returns what gives it back. Throws when a process that runs has it; what one that
 * ended left is taken over. Processes that do not see each other, in containers or on machines that share a folder, are not kept apart.
 */
export function lock(path: string, files: Files): () => void {
	const lockPath = `${path}.lock`;
	const { owner } = files;
	const own = `${lockPath}.${owner.split(" ")[0]}`;
	writeNew(own, owner, files);
	try {
		for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
			// A link comes with its text: nobody can read half of it.
			if (linked(own, lockPath, files)) return () => release(lockPath, owner, files);
			const holder = read(lockPath, files);
			if (holder === undefined) continue;
			if (files.runs(holder)) {
				const pid = holder.split(" ")[0];
				throw new Error(`${path}: expected to be the only one to use it, got process ${pid} (${lockPath})`);
			}
			takeOver(lockPath, holder, `${own}.stale`, files);
		}
		throw new Error(`${path}: expected to be the only one to use it, got others that start and end (${lockPath})`);
	} finally {
		files.remove(own);
	}
}

function writeNew(path: string, text: string, files: Files): void {
	files.remove(path);
	const file = files.open(path, "wx");
	try {
		files.write(file, Buffer.from(text), 0);
	} finally {
		files.close(file);
	}
}

function linked(from: string, to: string, files: Files): boolean {
	try {
		files.link(from, to);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	}
}

function read(path: string, files: Files): string | undefined {
	const bytes = files.read(path);
	return bytes && Buffer.from(bytes).toString();
}

/** Removes a lock whose holder is gone, unless another process was first: only one can rename it, and a new lock that was renamed by mistake is put back. */
function takeOver(lockPath: string, holder: string, stale: string, files: Files): void {
	try {
		files.rename(lockPath, stale);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
		throw error;
	}
	if (read(stale, files) !== holder) linked(stale, lockPath, files);
	files.remove(stale);
}

function release(lockPath: string, owner: string, files: Files): void {
	if (read(lockPath, files) === owner) files.remove(lockPath);
}
