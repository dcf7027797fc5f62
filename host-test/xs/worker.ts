// SPDX-License-Identifier: MIT
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SYSTEM = process.platform === "darwin" ? "mac" : "lin";
const program = (build: string) =>
	fileURLToPath(
		new URL(
			`node_modules/@agoric/xsnap/xsnap-native/xsnap/${build}/bin/${SYSTEM}/release/xsnap-worker`,
			import.meta.url,
		),
	);

/** The engine for this machine. */
const NATIVE = program("build");
/** The engine with pointers of 32 bits, as on an ESP32; install.js builds it where it can. */
export const NARROW = program("build-32");

/** What one call into the engine may compute, in XS meter units; an endless loop ends here, within some seconds. */
const METER_LIMIT = 1e9;

/**
 * An XS engine in a process of its own, spoken to in netstrings (`xsnap-worker` of @agoric/xsnap). Every call blocks until the engine is idle
 * again, so that nothing happens on the host while JavaScript runs in the engine: one callback at a time, as on a device.
 */
export class Worker {
	private process: ChildProcess;
	private input: number;
	private output: number;
	private answer: (command: Uint8Array) => Uint8Array;
	/** What the heap held when the engine replied last, garbage included: a count of slots, or of bytes in the 32-bit engine. */
	heap = 0;

	/** `answer` replies to the engine's `issueCommand`. Throws when the engine is not built. */
	constructor(answer: (command: Uint8Array) => Uint8Array, program = NATIVE) {
		if (!existsSync(program)) throw new Error("the XS engine is not built: node host-test/install.js builds it");
		this.answer = answer;
		const folder = mkdtempSync(join(tmpdir(), "katydid-xs-"));
		const [input, output] = [join(folder, "input"), join(folder, "output")];
		execFileSync("mkfifo", [input, output]);
		// Opening one end of a FIFO waits for the other, unless somebody holds both.
		const both = [openSync(input, "r+"), openSync(output, "r+")];
		this.input = openSync(input, "w");
		this.output = openSync(output, "r");
		const theirs = [openSync(input, "r"), openSync(output, "w")];
		this.process = spawn(program, ["katydid", "-l", String(METER_LIMIT)], {
			stdio: ["ignore", "inherit", "inherit", ...theirs],
		});
		for (const descriptor of [...both, ...theirs]) closeSync(descriptor);
		rmSync(folder, { recursive: true });
	}

	/** Runs a script. Throws what the script throws, as text. */
	evaluate(script: string): void {
		this.request("e", Buffer.from(script));
	}

	/** Calls the engine's `handleCommand`; returns its reply. */
	command(bytes: Uint8Array): Uint8Array {
		return this.request("?", bytes);
	}

	close(): void {
		this.process.kill();
		closeSync(this.input);
		closeSync(this.output);
	}

	private request(kind: string, bytes: Uint8Array): Uint8Array {
		this.send(kind, bytes);
		for (;;) {
			const message = this.receive();
			const body = message.subarray(1);
			const reply = String.fromCharCode(message[0]!);
			if (reply === "?") this.send("/", this.answer(body));
			else if (reply === "!") throw new Error(body.toString());
			else {
				// What it cost as JSON, 1, the reply.
				const end = body.indexOf(1);
				this.heap = JSON.parse(body.subarray(0, end).toString()).currentHeapCount;
				return body.subarray(end + 1);
			}
		}
	}

	private send(kind: string, bytes: Uint8Array): void {
		const message = Buffer.concat([Buffer.from(`${bytes.length + 1}:${kind}`), bytes, Buffer.from(",")]);
		for (let at = 0; at < message.length; ) at += writeSync(this.input, message, at);
	}

	private receive(): Buffer {
		let length = "";
		for (;;) {
			const digit = this.read(1).toString();
			if (digit === ":") return this.read(Number(length) + 1).subarray(0, -1);
			length += digit;
		}
	}

	private read(count: number): Buffer {
		const bytes = Buffer.alloc(count);
		for (let at = 0; at < count; ) {
			const got = readSync(this.output, bytes, { offset: at });
			if (got === 0) throw new Error("the XS engine ended: out of memory, of stack, or past its meter limit");
			at += got;
		}
		return bytes;
	}
}
