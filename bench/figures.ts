// SPDX-License-Identifier: MIT

/** What is measured, by the name of what it is measured of. */
export type Figures = Record<string, number>;
