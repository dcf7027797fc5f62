// SPDX-License-Identifier: MIT
import { type MockTCP, mock, resolves } from "./mock.ts";
import { bytesOf } from "./packets.ts";

const CONNACK = bytesOf(0x20, 3, 0, 0, 0);
const PUBACK = bytesOf(0x40, 2, 0, 0);
const PUBREC = bytesOf(0x50, 2, 0, 0);
const PUBCOMP = bytesOf(0x70, 2, 0, 0);
const SUBACK = bytesOf(0x90, 4, 0, 0, 0, 1);

/** The broker accepts the connection that is wanted, and answers until the client is silent. */
export function accept(): void {
	resolves();
	const socket = mock.tcp;
	socket.takes(Number.MAX_SAFE_INTEGER);
	socket.written.length = 0;
	socket.receives(CONNACK);
	while (socket.written.length > 0) answer(socket);
}

/** The broker acknowledges each QoS 1 or 2 PUBLISH, each PUBREL and each SUBSCRIBE that was written since. */
export function answer(socket: MockTCP): void {
	const { bytes, length } = socket.written;
	socket.written.length = 0;
	for (let at = 0; at < length; ) {
		const first = bytes[at]!;
		// Packets here are shorter than 16,384 bytes.
		const long = bytes[at + 1]! >> 7;
		const body = at + 2 + long;
		at = body + (bytes[body - 1 - long]! & 127) + (long ? bytes[body - 1]! << 7 : 0);
		if (first >> 4 === 8) socket.receives(numbered(SUBACK, bytes, body));
		else if (first === 0x62) socket.receives(numbered(PUBCOMP, bytes, body));
		else if ((first & 0xf6) === 0x32) socket.receives(numbered(PUBACK, bytes, body + 2 + bytes[body + 1]!));
		else if ((first & 0xf6) === 0x34) socket.receives(numbered(PUBREC, bytes, body + 2 + bytes[body + 1]!));
	}
}

/** `packet` with the Packet Identifier at `bytes[at]`. */
function numbered(packet: Uint8Array, bytes: Uint8Array, at: number): Uint8Array {
	packet[2] = bytes[at]!;
	packet[3] = bytes[at + 1]!;
	return packet;
}
