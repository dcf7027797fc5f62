// SPDX-License-Identifier: MIT

// Where a client stands, in the order of a connection's life; each has a deadline.
/** Not wanted: `connect` was not called, or `close` is done. */
export const OFF = 0;
/** Backing off. */
export const WAITING = 1;
/** The driver makes the connection. */
export const OPENING = 2;
/** CONNECT is sent, CONNACK awaited. */
export const CONNECTING = 3;
export const CONNECTED = 4;
/** `close` was called: what was accepted is still sent and acknowledged. */
export const DRAINING = 5;
/** DISCONNECT is the last packet of the transmit buffer. */
export const DISCONNECTING = 6;
