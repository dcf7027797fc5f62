// SPDX-License-Identifier: MIT

import type { StreamTarget } from "../wire/index.ts";
import { Alarm, type Ringing } from "./alarm.ts";
import type { TCP } from "./io.ts";
import type { StreamMachine } from "./machine.ts";
import type { Platform } from "./platform.ts";

/**
 * Runs a stream protocol over ECMA-419 TCP sockets, or TLS ones: opens and closes a connection to match the machine's `target`,
 * carries bytes both ways, and keeps its deadline.
 */
export class StreamDriver implements Ringing {
	private machine: StreamMachine;
	private platform: Platform;
	private alarm: Alarm;
	private target: StreamTarget | undefined;
	private socket: TCP | undefined;
	/** How many bytes the socket takes now; 0 before it is connected. */
	private writable = 0;
	private connected = false;
	/** How many bytes wait in the socket for which the machine had no room. */
	private unread = 0;
	/** The machine is being called: what it wakes the driver for waits until it returned. */
	private busy = false;
	/** A connection that a listener accepted, which is the first one. */
	private accepted: TCP | undefined;

	/** `accepted` is a connection that is there already: the machine's target only says for how long it is wanted. */
	constructor(machine: StreamMachine, platform: Platform, accepted?: TCP) {
		this.machine = machine;
		this.platform = platform;
		this.accepted = accepted;
		this.alarm = new Alarm(platform, this);
		machine.wake = this.update;
		this.update();
	}

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

	/** The network is gone, and with it the connection; the socket would tell minutes later, if at all. */
	interrupt(error: Error): void {
		if (this.target === undefined) return;
		this.lost(error);
		this.update();
	}

	/** Drains the machine, matches the connection to its target, arms its deadline. */
	private settle(now: number): void {
		const machine = this.machine;
		if (machine.due && this.writable > 0) {
			try {
				do {
					const bytes = machine.transmit(this.writable, now);
					if (bytes === undefined) break;
					// TLS takes more room than the bytes have; undefined is a connection that was lost, of which `onError` will tell.
					this.writable = this.socket!.write(bytes) ?? 0;
				} while (machine.due && this.writable > 0);
			} catch (error) {
				this.lost(error as Error);
			}
		}
		if (machine.target !== this.target) {
			this.disconnect();
			this.connect(machine.target);
		}
		this.busy = false;
		if (machine.deadline !== this.alarm.deadline) this.alarm.arm(machine.deadline);
		if (this.unread > 0 && !machine.paused) this.readable(this.unread);
	}

	private connect(target: StreamTarget | undefined): void {
		this.target = target;
		if (!target) return;
		const { accepted } = this;
		if (accepted) {
			this.accepted = undefined;
			this.take(accepted);
			return;
		}
		this.platform.resolve(target.host, (address) => {
			if (this.target !== target) return;
			if (address) this.open(address, target);
			else this.lost(new Error(`no address for ${target.host}`));
			this.update();
		});
	}

	private open(address: string, target: StreamTarget): void {
		try {
			const { host, port, tls: secure } = target;
			const { TCP, TLS } = this.platform;
			if (secure && !TLS) throw new Error(`expected a platform with TLS for ${host}:${port}, got one without`);
			const options = {
				address,
				port,
				// The machine has put together what goes together: nothing is to wait for more.
				noDelay: true,
				nodelay: true,
				onReadable: this.readable,
				onWritable: this.ready,
				onError: this.failed,
			};
			this.socket = secure ? new TLS!({ ...options, host, secure }) : new TCP(options);
		} catch (error) {
			this.lost(error as Error);
		}
	}

	private take(from: TCP): void {
		const { platform, readable, ready, failed } = this;
		const callbacks = { onReadable: readable, onWritable: ready, onError: failed };
		try {
			this.socket = new platform.TCP({ from, noDelay: true, nodelay: true, ...callbacks });
		} catch (error) {
			this.lost(error as Error);
		}
	}

	private readonly failed = (error?: Error): void => {
		if (this.socket === undefined) return;
		this.lost(error ?? this.reason(this.target!));
		this.update();
	};

	private readonly ready = (count: number): void => {
		if (this.socket === undefined) return;
		const now = this.platform.now();
		this.writable = count;
		this.busy = true;
		if (!this.connected) {
			this.connected = true;
			this.machine.opened(now);
		}
		this.settle(now);
	};

	private readonly readable = (count: number): void => {
		if (this.socket === undefined) return;
		const machine = this.machine;
		const now = this.platform.now();
		this.busy = true;
		while (count > 0 && !machine.paused && machine.target === this.target) {
			const bytes = machine.input.room(count);
			this.socket.read(bytes);
			machine.receive(now);
			count -= bytes.length;
		}
		this.unread = count;
		this.settle(now);
	};

	/** The connection failed or ended: tells the machine once. */
	private lost(error: Error): void {
		this.disconnect();
		this.target = undefined;
		const busy = this.busy;
		this.busy = true;
		this.machine.closed(this.platform.now(), error);
		this.busy = busy;
	}

	/** Sockets do not say why they fail. */
	private reason({ host, port }: StreamTarget): Error {
		return new Error(this.connected ? "the connection ended" : `no connection to ${host}:${port}`);
	}

	private disconnect(): void {
		const socket = this.socket;
		this.socket = undefined;
		this.writable = this.unread = 0;
		this.connected = false;
		socket?.close();
	}
}
