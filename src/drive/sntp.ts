// SPDX-License-Identifier: MIT
import type { Platform } from "./platform.ts";

// RFC 4330: SNTP, which RFC 5905 §14 has taken over.

const PORT = 123;
const SIZE = 48;
/** Version 4, mode 3: a client. */
const CLIENT = 0x23;
const SERVER = 4;
/** The server's clock is not synchronized. */
const ALARM = 3;
const STRATUM_MOST = 15;
const ORIGINATE = 24;
const TRANSMIT = 40;
/** Seconds from 1900 to 1970, and from there to the next era, 2036, in which the top bit is 0 again (§3). */
const EPOCH = 2_208_988_800;
const ERA = 0x100000000;

/**
 * Asks the time server `host` once. `done` is given Unix time in milliseconds, or undefined when the answer is none or cannot be believed; it may
 * never be called, but not from inside the call. Returns what ends it. Throws when there is no socket.
 */
export function askTime(platform: Platform, host: string, done: (time: number | undefined) => void): () => void {
	const { random } = platform;
	const request = new Uint8Array(SIZE);
	request[0] = CLIENT;
	// No time of ours, but what only the server that was asked can know (§5).
	for (let i = TRANSMIT; i < SIZE; i++) request[i] = random() * 256;
	let server: string | undefined;
	let asked = 0;
	let over = false;
	const end = () => {
		if (over) return;
		over = true;
		socket.close();
	};
	const socket = new platform.UDP({
		onReadable() {
			for (let datagram = socket.read(); datagram !== undefined && !over; datagram = over ? undefined : socket.read()) {
				if (datagram.address !== server || datagram.port !== PORT || !answers(datagram, request)) continue;
				const now = platform.now();
				end();
				done(timeOf(new DataView(datagram), (now - asked) / 2));
			}
		},
	});
	platform.resolve(host, (address) => {
		if (over) return;
		server = address;
		asked = platform.now();
		try {
			if (address !== undefined) {
				socket.write(request, address, PORT);
				return;
			}
		} catch {
			// As good as no address.
		}
		end();
		done(undefined);
	});
	return end;
}

function answers(datagram: ArrayBuffer, request: Uint8Array): boolean {
	const bytes = new Uint8Array(datagram);
	if (bytes.length < SIZE || (bytes[0]! & 7) !== SERVER) return false;
	for (let i = 0; i < 8; i++) if (bytes[ORIGINATE + i] !== request[TRANSMIT + i]) return false;
	return true;
}

/** Undefined when the server does not know what time it is. */
function timeOf(answer: DataView, late: number): number | undefined {
	const stratum = answer.getUint8(1);
	if (answer.getUint8(0) >> 6 === ALARM || stratum === 0 || stratum > STRATUM_MOST) return undefined;
	const seconds = answer.getUint32(TRANSMIT);
	const fraction = answer.getUint32(TRANSMIT + 4) / ERA;
	const era = seconds >= 0x80000000 ? 0 : ERA;
	return Math.round((seconds + era - EPOCH + fraction) * 1000 + late);
}
