// SPDX-License-Identifier: MIT
import { nodePlatform } from "../../host/platform.ts";
import type { Platform, TCP, TCPOptions, UDP, UDPOptions } from "../../src/drive/index.ts";
import { Lines } from "../support/lines.ts";
import { bundle } from "./bundle.ts";
import { Worker } from "./worker.ts";

/** Bundles the TypeScript module at path `entry` and runs it on XS, on the platform that `platform.ts` gives it there. */
export async function boot(entry: string, platform = nodePlatform("127.0.0.1", Math.random)): Promise<Engine> {
	return new Engine(await bundle(entry), platform);
}

/** A running XS engine, its `platform.ts` connected to a platform of the host. */
export class Engine {
	/** What the engine logs. */
	readonly lines = new Lines();
	private worker = new Worker((command) => this.answer(command));
	private platform: Platform;
	private sockets = new Map<number, TCP | UDP>();
	private timers = new Map<number, unknown>();
	private closed = false;

	constructor(script: string, platform: Platform) {
		this.platform = platform;
		this.worker.evaluate(script);
	}

	/** Calls what the engine exposed as `name`; returns what that returns. Throws when that throws. */
	call(name: string, ...parameters: unknown[]): unknown {
		return this.send(name, ...parameters);
	}

	close(): void {
		this.closed = true;
		for (const socket of this.sockets.values()) socket.close();
		for (const timer of this.timers.values()) this.platform.clearTimer(timer);
		this.worker.close();
	}

	/** An event for a listener in the engine. An exception that escapes it there is one here: it would restart a device. */
	private notify(id: number, event: string, ...values: unknown[]): void {
		if (!this.closed) this.send(id, event, ...values);
	}

	private send(...message: unknown[]): unknown {
		const reply = this.worker.command(Buffer.from(JSON.stringify(message)));
		const { value, error } = JSON.parse(Buffer.from(reply).toString());
		if (error !== undefined) throw new Error(`on XS: ${error}`);
		return value;
	}

	/** A question of the engine and its answer are a line of JSON, then bytes. */
	private answer(command: Uint8Array): Uint8Array {
		const end = command.indexOf(10);
		const [what, ...parameters] = JSON.parse(Buffer.from(command.subarray(0, end)).toString());
		let reply: { value?: unknown; error?: string };
		let bytes = new ArrayBuffer(0);
		try {
			const value = this.questions[what]!(parameters as never, command.subarray(end + 1));
			if (value instanceof ArrayBuffer) bytes = value;
			reply = { value: value instanceof ArrayBuffer ? { ...value } : value };
		} catch (error) {
			reply = { error: String(error) };
		}
		return Buffer.concat([Buffer.from(`${JSON.stringify(reply)}\n`), new Uint8Array(bytes)]);
	}

	private questions: Record<string, (parameters: never, bytes: Uint8Array) => unknown> = {
		log: ([line]: [string]) => this.lines.push(`${line}\n`),
		now: () => this.platform.now(),
		random: () => this.platform.random(),
		setTimer: ([id, delay]: [number, number]) => {
			const ring = () => {
				this.timers.delete(id);
				this.notify(id, "onTimer");
			};
			this.timers.set(id, this.platform.setTimer(ring, delay));
		},
		clearTimer: ([id]: [number]) => {
			this.platform.clearTimer(this.timers.get(id));
			this.timers.delete(id);
		},
		resolve: ([id, host]: [number, string]) =>
			this.platform.resolve(host, (address) => this.notify(id, "onResolved", ...(address ? [address] : []))),
		openTCP: ([id, options]: [number, TCPOptions]) => {
			this.sockets.set(id, new this.platform.TCP({ ...options, ...this.callbacks(id) }));
		},
		openUDP: ([id, options]: [number, UDPOptions]) => {
			this.sockets.set(id, new this.platform.UDP({ ...options, ...this.callbacks(id) }));
		},
		remoteAddress: ([id]: [number]) => (this.sockets.get(id) as TCP).remoteAddress,
		remotePort: ([id]: [number]) => (this.sockets.get(id) as TCP).remotePort,
		read: ([id, count]: [number, number | null]) => {
			const socket = this.sockets.get(id) as TCP;
			return count === null ? socket.read() : socket.read(count);
		},
		write: ([id, address, port]: [number, string, number], bytes) =>
			(this.sockets.get(id) as UDP).write(new Uint8Array(bytes), address, port),
		close: ([id]: [number]) => this.sockets.get(id)?.close(),
	};

	private callbacks(id: number) {
		return {
			onReadable: (count: number) => this.notify(id, "onReadable", count),
			onWritable: (count: number) => this.notify(id, "onWritable", count),
			onError: (error?: Error) => this.notify(id, "onError", ...(error ? [String(error)] : [])),
		};
	}
}
