// SPDX-License-Identifier: MIT
import type { Chip } from "../device.ts";

/** The SDK's Linux target: a process, whose clock is not ours to set. */
export default function lin(): Chip {
	// A process that is started is started by somebody.
	return { resetReason: "power", readTime: () => Date.now(), setTime() {} };
}
