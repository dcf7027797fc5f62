// SPDX-License-Identifier: MIT
import { Alarm, type Ringing } from "./alarm.ts";
import type { UDP } from "./io.ts";
import type { DatagramMachine, Endpoint } from "./machine.ts";
import type { Platform } from "./platform.ts";

/** Runs a datagram protocol over an ECMA-419 UDP socket: carries datagrams both ways, and keeps its deadline. */
export class DatagramDriver implements Ringing {
	private machine: DatagramMachine;
	private platform: Platform;
	private alarm: Alarm;
	private socket: UDP;
	private closed = false;
	/** The machine is being called: what it wakes the driver for waits until it returned. */
	private busy = false;
	private to: Endpoint = { address: "", port: 0 };
	private onError: (error: Error) => void;

	/** `onError` hears of datagrams that could not be sent, and of a socket that failed. Throws when the socket cannot be made. */
	constructor(machine: DatagramMachine, platform: Platform, port: number, onError: (error: Error) => void) {
		this.machine = machine;
		this.platform = platform;
		this.onError = onError;
		this.alarm = new Alarm(platform, this);
		this.socket = new platform.UDP({
			port,
			onReadable: this.readable,
			onError: (error) => this.report(error ?? new Error("the socket failed")),
		});
		machine.wake = this.update;
		this.update();
	}

	close(): void {
		this.closed = true;
		this.machine.wake = () => {};
		this.alarm.arm(Infinity);
		this.socket.close();
	}

	private readonly readable = (count: number): void => {
		const now = this.platform.now();
		for (let left = count; left > 0 && !this.closed; left--) {
			const datagram = this.socket.read();
			if (datagram === undefined) return;
			this.busy = true;
			const reply = this.machine.receive(new Uint8Array(datagram), datagram, now);
			this.settle(now, reply, datagram);
		}
	};

	/** The machine's deadline passed. */
	ring(now: number): void {
		this.busy = true;
		this.machine.expire(now);
		this.settle(now);
	}

	private readonly update = (): void => {
		if (this.busy) return;
		this.busy = true;
		this.settle(this.platform.now());
	};

	/**
	 * Sends `bytes` to `to`, if there are any, then what is due, and arms the deadline. A datagram that cannot be sent is one the network lost: the
	 * protocol sends it again if it matters. What the machine and `onError` call may close the driver.
	 */
	private settle(now: number, bytes?: Uint8Array, to?: Endpoint): void {
		const machine = this.machine;
		while (!this.closed) {
			if (bytes === undefined) {
				if (!machine.due) break;
				to = this.to;
				bytes = machine.transmit(to, now);
				if (bytes === undefined || this.closed) break;
			}
			try {
				this.socket.write(bytes, to!.address, to!.port);
			} catch (error) {
				this.report(error as Error);
			}
			bytes = undefined;
		}
		this.busy = false;
		if (machine.deadline !== this.alarm.deadline && !this.closed) this.alarm.arm(machine.deadline);
	}

	private report(error: Error): void {
		try {
			this.onError(error);
		} catch {
			// An exception that escapes would reboot the device: whoever throws while told of an error is not told of that one.
		}
	}
}
