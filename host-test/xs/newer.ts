// SPDX-License-Identifier: MIT

/** What the SDK's engine has and xsnap's older XS 13.3 lacks, as far as `src` uses it. */
if (!("isWellFormed" in String.prototype)) {
	Object.defineProperty(String.prototype, "isWellFormed", {
		value(this: string): boolean {
			return !/[\ud800-\udfff]/u.test(this);
		},
	});
}
