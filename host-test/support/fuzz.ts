// SPDX-License-Identifier: MIT

/**
 * How often fast-check runs a property: `numRuns` times from the same seed each time, so that what failed once fails again; under
 * `npm run fuzz`, FUZZ_TIMES as often, from FUZZ_SEED.
 */
export function runs(numRuns: number): { seed: number; numRuns: number } {
	const { FUZZ_SEED, FUZZ_TIMES } = process.env;
	return { seed: Number(FUZZ_SEED ?? 20_240_601), numRuns: numRuns * Number(FUZZ_TIMES ?? 1) };
}
