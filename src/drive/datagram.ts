// SPDX-License-Identifier: MIT
import { Alarm } from "./alarm.ts";
import type { UDP } from "./io.ts";
import type { DatagramMachine, Endpoint } from "./machine.ts";
import type { Platform } from "./platform.ts";

/** What fits an Ethernet frame after the IPv4 and UDP headers; a longer datagram may be lost on the way. */
const LARGEST = 1472;

/** Runs a datagram protocol over an ECMA-419 UDP socket: carries datagrams both ways, and keeps its deadline. */
export class DatagramDriver {
	private machine: DatagramMachine;
	private platform: Platform;
	private alarm: Alarm;
	private socket: UDP;
	private closed = false;
	/** The machine is being called: what it wakes the driver for waits until it returned. */
	private busy = false;
	private output = new ArrayBuffer(LARGEST);
	private into = new Uint8Array(this.output);
	private to: Endpoint = { address: "", port: 0 };
	private onError: (error: Error) => void;

	/** `onError` hears of datagrams that could not be sent. Throws when the socket cannot be made. */
	constructor(machine: DatagramMachine, platform: Platform, port: number, onError: (error: Error) => void) {
		this.machine = machine;
		this.platform = platform;
		this.onError = onError;
		this.alarm = new Alarm(platform, () => {
			this.busy = true;
			machine.expire(platform.now());
			this.finish();
		});
		this.socket = new platform.UDP({ port, onReadable: this.onReadable });
		machine.wake = this.wake;
		this.finish();
	}

	close(): void {
		this.closed = true;
		this.machine.wake = () => {};
		this.alarm.arm(Infinity);
		this.socket.close();
	}

	private readonly onReadable = (count: number): void => {
		let left = count;
		while (left-- > 0 && !this.closed) {
			const datagram = this.socket.read();
			if (datagram === undefined) return;
			this.busy = true;
			this.machine.receive(new Uint8Array(datagram), datagram.byteLength, datagram, this.platform.now());
			this.finish();
		}
	};

	private readonly wake = (): void => {
		if (!this.busy) this.finish();
	};

	/**
	 * Sends what is due and sets the alarm, after the machine was called. A datagram that cannot be sent is one the network lost: the
	 * protocol sends it again if it matters.
	 */
	private finish(): void {
		const now = this.platform.now();
		this.busy = true;
		while (!this.closed) {
			const count = this.machine.transmit(this.into, this.to, now);
			if (count === 0) break;
			try {
				this.socket.write(new Uint8Array(this.output, 0, count), this.to.address, this.to.port);
			} catch (error) {
				this.onError(error as Error);
			}
		}
		this.busy = false;
		if (!this.closed) this.alarm.arm(this.machine.deadline);
	}
}
