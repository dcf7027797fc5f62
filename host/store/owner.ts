// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";

/** Names a running process: its number and, where /proc says so (Linux), when it started in which run of the machine, as numbers are used again. */
export function identify(pid: number): string {
	return `${pid} ${birth(pid)}`.trim();
}

/** Whether the process that `identify` gave this name runs. */
export function runs(owner: string): boolean {
	const pid = Number(owner.split(" ")[0]);
	if (!Number.isInteger(pid) || pid <= 0) return false;
	try {
		process.kill(pid, 0);
	} catch (error) {
		// It runs, and is somebody else's.
		if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
	}
	const now = identify(pid);
	return now === owner || now === `${pid}`;
}

function birth(pid: number): string {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
		// proc(5): the second field is a name in parentheses that may hold anything; the 22nd is when it started.
		const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
		return `${started} ${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()}`;
	} catch {
		return "";
	}
}
