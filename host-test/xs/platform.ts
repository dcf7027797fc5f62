// SPDX-License-Identifier: MIT
import "./newer.ts";
import type {
	ByteBuffer,
	Datagram,
	Endpoint,
	Platform,
	TCP,
	TCPOptions,
	UDP,
	UDPOptions,
} from "../../src/drive/index.ts";

declare function issueCommand(command: ArrayBuffer): ArrayBuffer;

type Callback = (...parameters: never[]) => unknown;
type Listener = { [event: string]: unknown };

/** Who is called back, by the number that the host knows it by. */
const listeners = new Map<number, Listener>();
const exposed: { [name: string]: Callback } = {};
let last = 0;

/** The host calls `callback` by its name, with values that JSON has, and gets what it returns. */
export function expose(name: string, callback: Callback): void {
	exposed[name] = callback;
}

/** A line for whoever started the engine. */
export function log(line: string): void {
	ask(["log", line]);
}

/** What TCP and UDP sockets have in common: a number that the host knows them by. */
class Socket {
	readonly format = "buffer";
	target?: unknown;
	protected id: number;

	constructor(kind: "TCP" | "UDP", options: TCPOptions | UDPOptions) {
		this.target = options.target;
		this.id = listen({ ...options, socket: this });
		ask([`open${kind}`, this.id, { ...options, target: undefined }]);
	}

	close(): void {
		listeners.delete(this.id);
		ask(["close", this.id]);
	}
}

class BridgedTCP extends Socket implements TCP {
	constructor(options: TCPOptions) {
		super("TCP", options);
	}

	get remoteAddress(): string | undefined {
		return ask(["remoteAddress", this.id]).value as string | undefined;
	}

	get remotePort(): number | undefined {
		return ask(["remotePort", this.id]).value as number | undefined;
	}

	read(into?: number | ByteBuffer): never {
		const buffer = typeof into === "object" ? view(into) : undefined;
		const { value, bytes } = ask(["read", this.id, buffer ? buffer.length : (into ?? null)]);
		buffer?.set(new Uint8Array(bytes));
		return (value && (buffer ? buffer.length : bytes)) as never;
	}

	write(buffer: ByteBuffer): number | undefined {
		return ask(["write", this.id], view(buffer)).value as number | undefined;
	}
}

class BridgedUDP extends Socket implements UDP {
	constructor(options: UDPOptions) {
		super("UDP", options);
	}

	read(): Datagram | undefined {
		const { value, bytes } = ask(["read", this.id, null]);
		return value ? Object.assign(bytes, value as Endpoint) : undefined;
	}

	write(buffer: ByteBuffer, address: string, port: number): void {
		ask(["write", this.id, address, port], view(buffer));
	}
}

/** The host's ECMA-419 sockets, clock, timers, names and randomness. */
export const platform: Platform = {
	TCP: BridgedTCP,
	UDP: BridgedUDP,
	now: () => ask(["now"]).value as number,
	random: () => ask(["random"]).value as number,

	setTimer(callback, delay) {
		const id = once("onTimer", callback);
		ask(["setTimer", id, delay]);
		return id;
	},

	clearTimer(timer) {
		listeners.delete(timer as number);
		ask(["clearTimer", timer]);
	},

	resolve(host, callback) {
		ask(["resolve", once("onResolved", callback), host]);
	},
};

function listen(listener: Listener): number {
	listeners.set(++last, listener);
	return last;
}

function once(event: string, callback: Callback): number {
	const id = listen({
		[event]: (...parameters: never[]) => {
			listeners.delete(id);
			callback(...parameters);
		},
	});
	return id;
}

/** A question and its answer are a line of JSON, then bytes. */
function ask(question: unknown[], bytes: Uint8Array = new Uint8Array(0)): { value?: unknown; bytes: ArrayBuffer } {
	const line = new TextEncoder().encode(`${JSON.stringify(question)}\n`);
	const command = new Uint8Array(line.length + bytes.length);
	command.set(line);
	command.set(bytes, line.length);
	const reply = issueCommand(command.buffer);
	const end = new Uint8Array(reply).indexOf(10);
	const { value, error } = JSON.parse(new TextDecoder().decode(new Uint8Array(reply, 0, end)));
	if (error !== undefined) throw new Error(error);
	return { value, bytes: reply.slice(end + 1) };
}

function view(bytes: ByteBuffer): Uint8Array {
	if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
	return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The host says whom to call: the name of something exposed, or a listener's number and event; then with what. */
function perform([target, ...parameters]: unknown[]): unknown {
	if (typeof target === "string") return exposed[target]!(...(parameters as never[]));
	const listener = listeners.get(target as number);
	const [event, ...values] = parameters as [string, ...never[]];
	return (listener?.[event] as Callback | undefined)?.call(listener!.socket, ...values);
}

Object.assign(globalThis, {
	handleCommand(command: ArrayBuffer): ArrayBuffer {
		let reply: { value?: unknown; error?: string | undefined };
		try {
			reply = { value: perform(JSON.parse(new TextDecoder().decode(command))) };
		} catch (error) {
			reply = { error: error instanceof Error ? error.stack : String(error) };
		}
		return new TextEncoder().encode(JSON.stringify(reply)).buffer;
	},
});
