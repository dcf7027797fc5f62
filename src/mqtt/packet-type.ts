// SPDX-License-Identifier: MIT

// MQTT 5.0 §2.1.2. WILL is not a packet: its number is free, and the Will's properties are a set of their own.
export const WILL = 0;
export const CONNECT = 1;
export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const PUBREC = 5;
export const PUBREL = 6;
export const PUBCOMP = 7;
export const SUBSCRIBE = 8;
export const SUBACK = 9;
export const UNSUBSCRIBE = 10;
export const UNSUBACK = 11;
export const PINGREQ = 12;
export const PINGRESP = 13;
export const DISCONNECT = 14;
export const AUTH = 15;
/** What a framer calls a PUBLISH that is larger than its buffer, of which the beginning came. */
export const LARGE_PUBLISH = 16;
