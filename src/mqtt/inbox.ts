// SPDX-License-Identifier: MIT
import { FormatError } from "../wire/index.ts";
import { writeAcknowledgement } from "./acknowledgement.ts";
import { PUBACK, PUBCOMP, PUBREC, PUBREL } from "./packet-type.ts";
import type { Publish } from "./publish.ts";
import { PACKET_IDENTIFIER_NOT_FOUND, SUCCESS } from "./reason-code.ts";
import type { Store } from "./store.ts";
import type { TransmitBuffer } from "./transmit-buffer.ts";
import { V5, type Version } from "./version.ts";

/** Acknowledgements that say Success, as numbers of 32 bits, but for their Packet Identifiers. */
const PUBACK_SUCCESS = 0x40020000;
const PUBREC_SUCCESS = 0x50020000;
const PUBREL_SUCCESS = 0x62020000;
const PUBCOMP_SUCCESS = 0x70020000;
/** The largest acknowledgement: identifier and Reason Code. */
const SIZE = 5;
const NOTHING = new Uint8Array(0);
/** How many messages may be unacknowledged in 3.1.1, where a broker cannot be told: more than any of them sends. */
const MOST_UNTOLD = 1024;

/** A message whose handler has not settled. */
export interface Pending {
	readonly packetIdentifier: number;
	/** Undefined until it settled. */
	reasonCode: number | undefined;
}

/**
 * What was received and must be answered: acknowledgements that did not fit, messages whose handlers take their time, and the identifiers
 * of QoS 2 messages between their PUBLISH and their PUBREL, which a store keeps, so that none is delivered twice [MQTT-4.3.3-10].
 */
export class Inbox {
	private version: Version;
	private readonly out: TransmitBuffer;
	private readonly store: Store | undefined;
	private readonly receiveMaximum: number;
	/** How many messages may be unacknowledged. */
	most: number;
	private received: Set<number> | undefined = undefined;
	/**
	 * The messages of this connection less those that were acknowledged to the end; one at QoS 1 is not counted before it has to wait. A PUBCOMP for one of an earlier connection lets the
	 * broker send another one, too (5.0 §4.9), so there may be less than none.
	 */
	outstanding = 0;
	/** Acknowledgements that did not fit yet: Reason Code, type and identifier in one number. */
	private readonly due: number[] = [];
	private readonly pending: Pending[] = [];

	/** Answers are written into `out`; more than `receiveMaximum` messages that are not answered break the protocol in 5.0. */
	constructor(out: TransmitBuffer, version: Version, receiveMaximum: number, store: Store | undefined) {
		this.out = out;
		this.version = version;
		this.receiveMaximum = this.most = receiveMaximum;
		this.store = store;
	}

	/** Nothing waits to be written or settled. */
	get idle(): boolean {
		return this.due.length === 0 && this.pending.length === 0;
	}

	/** Every acknowledgement that is due is written. */
	get written(): boolean {
		return this.due.length === 0;
	}

	/** Takes up an identifier that the store has kept. */
	restore(packetIdentifier: number): void {
		this.received ??= new Set();
		this.received.add(packetIdentifier);
	}

	/** A connection begins. Messages that were not acknowledged come again [MQTT-4.4.0-1]; in a new session identifiers are forgotten. */
	restart(resumed: boolean, version: Version): void {
		this.version = version;
		this.most = version === V5 ? this.receiveMaximum : MOST_UNTOLD;
		this.due.length = 0;
		this.pending.length = 0;
		this.outstanding = 0;
		if (resumed) return;
		for (const packetIdentifier of this.received ?? []) this.store?.delete(packetIdentifier);
		this.received = undefined;
	}

	/** Whether a QoS 2 message with this identifier was delivered and not released. */
	knows(packetIdentifier: number): boolean {
		return this.received?.has(packetIdentifier) ?? false;
	}

	/** A message came at QoS 2; whether it is a new one. Throws FormatError when there are too many (§4.9). */
	take(packetIdentifier: number): boolean {
		if (this.outstanding >= this.most) throw new FormatError("receive maximum", 0);
		this.received ??= new Set();
		const received = this.received;
		if (received.has(packetIdentifier)) {
			if (this.version === V5) this.outstanding++; // in 3.1.1 it may come again at any time
			this.answer(PUBREC, packetIdentifier, SUCCESS);
			return false;
		}
		this.outstanding++;
		this.store?.put(packetIdentifier, NOTHING);
		received.add(packetIdentifier);
		return true;
	}

	/** The application has a message at QoS 1 or 2. Throws FormatError when too many wait for an answer. */
	delivered(message: Publish): void {
		if (message.qos === 1) {
			if (
				this.due.length + this.pending.length > 0 ||
				!this.out.acknowledge(PUBACK_SUCCESS | message.packetIdentifier)
			) {
				this.settle(this.hold(message.packetIdentifier), SUCCESS);
			}
		} else if (this.due.length > 0 || !this.out.acknowledge(PUBREC_SUCCESS | message.packetIdentifier)) {
			this.answer(PUBREC, message.packetIdentifier, SUCCESS);
		}
	}

	/** The application has a message at QoS 1 whose answer has to wait until `settle`. Throws FormatError when there are too many (§4.9). */
	hold(packetIdentifier: number): Pending {
		if (this.outstanding >= this.most) throw new FormatError("receive maximum", 0);
		const pending: Pending = { packetIdentifier, reasonCode: undefined };
		this.outstanding++;
		this.pending.push(pending);
		return pending;
	}

	/** A handler settled; its message is acknowledged when those before it are [MQTT-4.6.0-2]. */
	settle(pending: Pending, reasonCode: number): void {
		pending.reasonCode = reasonCode;
		for (let first = this.pending[0]; first?.reasonCode !== undefined; first = this.pending[0]) {
			this.pending.shift();
			this.answer(PUBACK, first.packetIdentifier, first.reasonCode);
		}
	}

	/** A PUBREL came: the identifier is free again [MQTT-4.3.3-11]. */
	released(packetIdentifier: number): void {
		// The store first: when it fails, nothing has changed.
		if (this.store !== undefined && this.knows(packetIdentifier)) this.store.delete(packetIdentifier);
		if (!this.received?.delete(packetIdentifier)) this.answer(PUBCOMP, packetIdentifier, PACKET_IDENTIFIER_NOT_FOUND);
		else if (this.due.length > 0 || !this.out.acknowledge(PUBCOMP_SUCCESS | packetIdentifier)) {
			this.answer(PUBCOMP, packetIdentifier, SUCCESS);
		} else if (this.outstanding > -this.most) this.outstanding--;
	}

	/** A PUBREC came that a PUBREL answers. */
	release(packetIdentifier: number, reasonCode: number): void {
		if (reasonCode !== SUCCESS || this.due.length > 0 || !this.out.acknowledge(PUBREL_SUCCESS | packetIdentifier)) {
			this.answer(PUBREL, packetIdentifier, reasonCode);
		}
	}

	/** Writes an acknowledgement, behind those that wait: whoever can tries to write it at once before. */
	private answer(type: number, packetIdentifier: number, reasonCode: number): void {
		if (this.due.length === 0 && this.write(type, packetIdentifier, reasonCode)) return;
		this.due.push((reasonCode << 20) | (type << 16) | packetIdentifier);
		this.out.due = true;
	}

	/** Writes those that wait, as far as they fit, in the order of their messages [MQTT-4.6.0-2]. */
	flush(): void {
		const due = this.due;
		let count = 0;
		while (count < due.length) {
			const next = due[count]!;
			if (!this.write((next >> 16) & 0xf, next & 0xffff, next >> 20)) break;
			count++;
		}
		due.splice(0, count);
	}

	/** Writes an acknowledgement; false when there is no room. */
	private write(type: number, packetIdentifier: number, reasonCode: number): boolean {
		if (reasonCode === SUCCESS || this.version !== V5) {
			if (!this.out.acknowledge(((type === PUBREL ? 0x62 : type << 4) << 24) | 0x20000 | packetIdentifier))
				return false;
		} else {
			if (this.out.urgentRoom < SIZE) return false;
			writeAcknowledgement(this.out, { type, packetIdentifier, reasonCode, properties: undefined }, V5);
		}
		if ((type === PUBACK || type === PUBCOMP) && this.outstanding > -this.most) this.outstanding--;
		return true;
	}
}
