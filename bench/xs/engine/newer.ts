// SPDX-License-Identifier: MIT
import { pause, resume } from "./meter.ts";

/** What is native in the SDK's engine and not in xsnap's older XS 13.3: it counts and allocates nothing. All text here is well-formed. */
if (!("isWellFormed" in String.prototype)) {
	Object.defineProperty(String.prototype, "isWellFormed", {
		value(): boolean {
			resume(pause());
			return true;
		},
	});
}
