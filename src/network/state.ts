// SPDX-License-Identifier: MIT
export const OFF = 0;
/** Between two attempts: until what the interface has yet to tell of the last one is told. */
export const RESTING = 1;
export const SCANNING = 2;
/** Until an access point is asked again. */
export const WAITING = 3;
export const CONNECTING = 4;
/** There is a link; DHCP is asked. */
export const ADDRESSING = 5;
export const UP = 6;
