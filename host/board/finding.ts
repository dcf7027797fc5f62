// SPDX-License-Identifier: MIT
import type { Path } from "./description.ts";

/** Something about a description: an error is never built, a warning is. */
export interface Finding {
	severity: "error" | "warning";
	/** Where it is said; with `key`, it is the last name on the path that is wrong and not its value. */
	path: Path;
	key?: boolean;
	/** What is wrong, and what to do. */
	message: string;
}

export function error(path: Path, message: string): Finding {
	return { severity: "error", path, message };
}

export function warning(path: Path, message: string): Finding {
	return { severity: "warning", path, message };
}
