// SPDX-License-Identifier: MIT
// Where security sits: around a machine, between it and the driver. What DTLS or OSCORE need is here; neither is.
import type { Endpoint } from "./handler.ts";

/** What a machine for datagrams is to those around it: a Server, or a Client. */
export interface Protected {
	wake: () => void;
	readonly due: boolean;
	readonly deadline: number;
	receive(bytes: Uint8Array, from: Readonly<Endpoint>, now: number): Uint8Array | undefined;
	transmit(to: Endpoint, now: number): Uint8Array | undefined;
	expire(now: number): void;
}

/** A datagram without its protection. */
export interface Unprotected {
	/** The CoAP message. */
	readonly bytes: Uint8Array;
	/** Who sent it, when that was shown: what access rules name. */
	readonly subject: string | undefined;
}

/**
 * The security of one association, with one endpoint. It sees every datagram, also a repeated one, which it has to take as it took the first: the
 * message layer tells them apart.
 */
export interface Association {
	/** The message in a datagram that came; undefined for what is none, or was tampered with, which is then dropped. */
	unprotect(datagram: Uint8Array, now: number): Unprotected | undefined;
	/** The datagram for a message to the endpoint; undefined to drop it. */
	protect(message: Uint8Array, now: number): Uint8Array | undefined;
}

/** A machine behind security: to the driver it is the machine. `associationWith` finds the association with an endpoint; undefined when there is none, and then messages are plain. */
export class Secured implements Protected {
	private readonly machine: Protected;
	private readonly associationWith: (endpoint: Readonly<Endpoint>) => Association | undefined;

	constructor(machine: Protected, associationWith: (endpoint: Readonly<Endpoint>) => Association | undefined) {
		this.machine = machine;
		this.associationWith = associationWith;
	}

	get wake(): () => void {
		return this.machine.wake;
	}

	set wake(wake: () => void) {
		this.machine.wake = wake;
	}

	get due(): boolean {
		return this.machine.due;
	}

	get deadline(): number {
		return this.machine.deadline;
	}

	expire(now: number): void {
		this.machine.expire(now);
	}

	receive(bytes: Uint8Array, from: Readonly<Endpoint>, now: number): Uint8Array | undefined {
		const { address, port } = from;
		const association = this.associationWith(from);
		if (association === undefined) return this.machine.receive(bytes, { address, port }, now);
		const plain = association.unprotect(bytes, now);
		if (plain === undefined) return undefined;
		const reply = this.machine.receive(plain.bytes, { address, port, subject: plain.subject }, now);
		return reply === undefined ? undefined : association.protect(reply, now);
	}

	transmit(to: Endpoint, now: number): Uint8Array | undefined {
		for (;;) {
			const message = this.machine.transmit(to, now);
			if (message === undefined) return undefined;
			const association = this.associationWith(to);
			const datagram = association === undefined ? message : association.protect(message, now);
			if (datagram !== undefined) return datagram;
		}
	}
}
