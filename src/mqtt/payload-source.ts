// SPDX-License-Identifier: MIT

import type { Payload } from "../wire/index.ts";
import { payloadBytes } from "../wire/index.ts";
import { MqttError } from "./mqtt-error.ts";
import type { TransmitBuffer } from "./transmit-buffer.ts";

/** A payload that is larger than memory, or not there yet: the client reads it piece by piece while it is sent. */
export interface PayloadSource {
	/** How many bytes it has in all. */
	readonly length: number;
	/**
	 * Fills `into`, or its beginning, with the bytes from `offset` on; returns how many, 0 when there are none now: then `client.resume`
	 * goes on. A message that is sent again is read again, from 0. What it throws ends the connection, since the packet cannot be finished.
	 */
	read(into: Uint8Array, offset: number): number;
}

/** Whether a payload is read piece by piece. */
export function isSource(payload: Payload | PayloadSource): payload is PayloadSource {
	return typeof payload === "object" && !(payload instanceof Uint8Array);
}

/** The bytes of a payload that is there. */
export function bytesOf(payload: Payload | PayloadSource): Uint8Array {
	return isSource(payload) ? new Uint8Array(0) : payloadBytes(payload);
}

/** The PUBLISH that is being sent piece by piece: until it is over, nothing else can be written. */
export class Pump {
	private source: PayloadSource | undefined = undefined;
	private offset = 0;
	private readonly out: TransmitBuffer;

	constructor(out: TransmitBuffer) {
		this.out = out;
	}

	/** A PUBLISH has begun that is not all written. */
	get running(): boolean {
		return this.source !== undefined;
	}

	/** The PUBLISH is written up to its payload. */
	start(source: PayloadSource): void {
		this.source = source;
		this.offset = 0;
		this.out.blocked = true;
	}

	/** Reads as much as there is room for; false when the source had nothing. Throws MqttError when the source fails. */
	run(): boolean {
		const { out, source } = this;
		if (source === undefined) return true;
		const room = out.free(source.length - this.offset);
		let count = 0;
		try {
			count = room.length === 0 ? 0 : source.read(room, this.offset);
		} catch (thrown) {
			throw failed(`it threw ${thrown}`, thrown);
		}
		if (!(count >= 0 && count <= room.length)) throw failed(`expected 0 to ${room.length} bytes, got ${count}`);
		out.at += count;
		this.offset += count;
		if (this.offset === source.length) this.stop();
		return count > 0 || room.length === 0;
	}

	/** It is over, or the connection is. */
	stop(): void {
		this.source = undefined;
		this.out.blocked = false;
	}
}

function failed(why: string, cause?: unknown): MqttError {
	return new MqttError("PAYLOAD_FAILED", `a payload could not be read: ${why}`, undefined, cause);
}
