// SPDX-License-Identifier: MIT

// What a WebSocketStream does with what comes. From HEADER on the WebSocket is open.
/** There is no connection. */
export const OFF = 0;
/** The target wants no WebSocket. */
export const PLAIN = 1;
/** The WebSocket is over, the connection not yet; a Close frame may be due. */
export const ENDED = 2;
export const HANDSHAKE = 3;
/** A frame's header comes. */
export const HEADER = 4;
/** Payload of a binary frame comes. */
export const DATA = 5;
/** Payload of a control frame comes. */
export const CONTROL = 6;
