// SPDX-License-Identifier: MIT

/** The CRC-8 of Sensirion's sensors (SHT3x datasheet, §4.12): polynomial 0x31, initially 0xff, nothing reflected. */
export function crc8(bytes: Uint8Array, start: number, end: number): number {
	let crc = 0xff;
	for (let at = start; at < end; at++) {
		crc ^= bytes[at]!;
		for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x31 : 0)) & 0xff;
	}
	return crc;
}
