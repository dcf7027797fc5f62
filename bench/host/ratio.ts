// SPDX-License-Identifier: MIT

/** How many times as much as the other one: over pairs measured one after the other. */
export interface Ratio {
	median: number;
	least: number;
	most: number;
}

/** `ours[i]` and `theirs[i]` were measured in the same round. */
export function ratio(ours: number[], theirs: number[]): Ratio {
	const ratios = ours.map((our, i) => our / theirs[i]!);
	return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** The value in the middle of an odd number of them. */
export function median(values: number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Such as `1.42 (1.31 to 1.55)`. */
export function ratioText({ median, least, most }: Ratio): string {
	return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}
