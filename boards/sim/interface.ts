// SPDX-License-Identifier: MIT

/** The virtual board's network is that of the machine it is simulated on. */
const way = undefined;

export default way;
