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
	private output = new Uint8Array(LARGEST);
	private from: Endpoint = { address: "", port: 0 };
	private to: Endpoint = { address: "", port: 0 };

	/** `onError` hears of datagrams that could not be sent. Throws when the socket cannot be made. */
	constructor(machine: DatagramMachine, platform: Platform, port: number, onError: (error: Error) => void) {
		this.machine = machine;
		this.platform = platform;
		this.onError = onError;
		this.alarm = new Alarm(platform, () => {
			this.busy = true;
			machine.expire(platform.now());
			this.busy = false;
			this.update();
		});
		this.socket = new platform.UDP({ port, onReadable: (count) => this.readable(count) });
		machine.wake = () => this.update();
		this.update();
	}

	private onError: (error: Error) => void;

	close(): void {
		this.closed = true;
		this.machine.wake = () => {};
		this.alarm.arm(Infinity);
		this.socket.close();
	}

	private readable(count: number): void {
		for (let left = count; left > 0 && !this.closed; left--) {
			const datagram = this.socket.read();
			if (!datagram) break;
			this.from.address = datagram.address;
			this.from.port = datagram.port;
			this.busy = true;
			this.machine.receive(new Uint8Array(datagram), datagram.byteLength, this.from, this.platform.now());
			this.busy = false;
			this.update();
		}
	}

	private update(): void {
		if (this.busy || this.closed) return;
		this.busy = true;
		this.drain();
		this.busy = false;
		this.alarm.arm(this.machine.deadline);
	}

	/** A datagram that cannot be sent is one the network lost: the protocol sends it again if it matters. */
	private drain(): void {
		for (;;) {
			const count = this.machine.transmit(this.output, this.to, this.platform.now());
			if (count === 0) return;
			try {
				this.socket.write(this.output.subarray(0, count), this.to.address, this.to.port);
			} catch (error) {
				this.onError(error as Error);
			}
		}
	}
}
