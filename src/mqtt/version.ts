// SPDX-License-Identifier: MIT

/** A protocol version, as CONNECT's Protocol Level says it. */
export type Version = typeof V3_1_1 | typeof V5;

export const V3_1_1 = 4;
export const V5 = 5;
