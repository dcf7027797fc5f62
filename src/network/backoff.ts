// SPDX-License-Identifier: MIT

/** How long to wait after `failures` of them, 1 or more, in milliseconds: twice as long each time, at random between the half and the whole. */
export function backoff(failures: number, first: number, longest: number, random: () => number): number {
	const most = Math.min(longest, first * 2 ** (failures - 1));
	return (most + random() * most) / 2;
}
