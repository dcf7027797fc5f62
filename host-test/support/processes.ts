// SPDX-License-Identifier: MIT
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { Lines } from "./lines.ts";

/** Debian keeps daemons in /usr/sbin, which is not on everybody's PATH. */
const FOLDERS = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** Debian names libcoap's client after the TLS library that it was built with. */
const COAP_CLIENTS = ["coap-client", "coap-client-notls", "coap-client-openssl", "coap-client-gnutls"];

const running = new Set<ChildProcess>();
process.once("exit", killAll);
// How vitest ends its workers.
process.once("SIGTERM", () => {
	killAll();
	process.kill(process.pid, "SIGTERM");
});

function killAll(): void {
	for (const child of running) child.kill();
}

/** A running program whose output is read line by line. It ends with the tests at the latest. */
export class Program {
	readonly output = new Lines();
	readonly errors = new Lines();
	/** Its exit code, or null when a signal ended it; all its output is there by then. */
	readonly ended: Promise<number | null>;
	private process: ChildProcess;

	/** Starts the first of `names` that this machine has. Throws when it has none. */
	constructor(names: string[], parameters: string[], input: "none" | "keys" = "none") {
		const child = spawn(find(names), parameters, { stdio: [input === "none" ? "ignore" : "pipe", "pipe", "pipe"] });
		this.process = child;
		child.stdout!.setEncoding("utf8").on("data", (text) => this.output.push(text));
		child.stderr!.setEncoding("utf8").on("data", (text) => this.errors.push(text));
		running.add(child);
		this.ended = once(child, "close").then(([code]) => {
			running.delete(child);
			this.output.end();
			this.errors.end();
			return code;
		});
	}

	/** Gives it keys, when it takes them. */
	type(keys: string): void {
		this.process.stdin!.write(keys);
	}

	get pid(): number {
		return this.process.pid!;
	}

	/** Ends the program and waits until it has ended; returns its exit code. */
	stop(signal?: NodeJS.Signals): Promise<number | null> {
		this.process.kill(signal);
		return this.ended;
	}
}

/** A mosquitto broker on a loopback port of its own, which it keeps when it is started again. */
export class Mosquitto {
	readonly port: number;
	private folder = mkdtempSync(join(tmpdir(), "katydid-mosquitto-"));
	private program: Program | undefined;

	private constructor(port: number, settings: string[]) {
		this.port = port;
		const lines = [
			`listener ${port} 127.0.0.1`,
			"allow_anonymous true",
			"log_dest stderr",
			"log_type all",
			`persistence_location ${this.folder}/`,
			// Started by root it would become a user who cannot write there.
			`user ${userInfo().username}`,
			...settings,
		];
		writeFileSync(this.configuration, `${lines.join("\n")}\n`);
	}

	/** Starts a broker; `settings` are further lines of mosquitto.conf. */
	static async start(...settings: string[]): Promise<Mosquitto> {
		const broker = new Mosquitto(await freePort("tcp"), settings);
		await broker.start();
		return broker;
	}

	/** What it logged since it was started. */
	get log(): Lines {
		return this.program!.errors;
	}

	/** Returns when it serves: a SIGTERM between its line "running" and its first connection would be lost. */
	async start(): Promise<void> {
		this.program = new Program(["mosquitto"], ["-c", this.configuration]);
		await this.log.line(/mosquitto version \S+ running/);
		const probe = connect(this.port, "127.0.0.1");
		await this.log.line(/New connection from/);
		probe.destroy();
	}

	async stop(signal?: NodeJS.Signals): Promise<void> {
		await this.program?.stop(signal);
	}

	/** Has it write what it keeps to the disk, where it keeps anything; returns when that is done. */
	async save(): Promise<void> {
		process.kill(this.program!.pid, "SIGUSR1");
		await this.log.line(/^\d+: Saving in-memory database/);
		// It does one thing after the other.
		await publish(this.port, "saved", "");
	}

	/** Stops it for good. */
	async remove(): Promise<void> {
		await this.stop();
		rmSync(this.folder, { recursive: true });
	}

	private get configuration(): string {
		return join(this.folder, "mosquitto.conf");
	}
}

/**
 * A mosquitto_sub that is subscribed when this returns. Its output has a line `topic payload` for each message, between lines about
 * packets that begin with `Client`.
 */
export async function subscribe(port: number, topicFilter: string, ...parameters: string[]): Promise<Program> {
	const broker = ["-h", "127.0.0.1", "-p", String(port)];
	// Into a pipe it would keep that line to itself until a message comes.
	const unbuffered = ["-oL", find(["mosquitto_sub"])];
	const options = ["-d", "-F", "%t %p", "-t", topicFilter];
	const program = new Program(["stdbuf"], [...unbuffered, ...broker, ...options, ...parameters]);
	await program.output.line(/^Subscribed /);
	return program;
}

/** Publishes with mosquitto_pub; returns when the broker has the message. */
export async function publish(
	port: number,
	topicName: string,
	payload: string,
	...parameters: string[]
): Promise<void> {
	const broker = ["-h", "127.0.0.1", "-p", String(port)];
	const program = new Program(["mosquitto_pub"], [...broker, "-q", "1", "-t", topicName, "-m", payload, ...parameters]);
	if ((await program.ended) !== 0) throw new Error(`mosquitto_pub: ${program.errors.all.join("\n")}`);
}

/** libcoap's client. Each payload is a line of its output; an error response is one of its errors, such as `4.04 Not Found`. */
export function coapClient(...parameters: string[]): Program {
	return new Program(COAP_CLIENTS, ["-w", ...parameters]);
}

/** A loopback port that nothing listens on now. */
export async function freePort(protocol: "tcp" | "udp"): Promise<number> {
	const socket = protocol === "tcp" ? createServer().listen(0, "127.0.0.1") : createSocket("udp4").bind(0, "127.0.0.1");
	await once(socket, "listening");
	const { port } = socket.address() as { port: number };
	socket.close();
	await once(socket, "close");
	return port;
}

function find(names: string[]): string {
	const files = names.flatMap((name) => FOLDERS.map((folder) => join(folder, name)));
	const found = files.find((file) => existsSync(file));
	if (!found) throw new Error(`${names[0]} is not installed: node host-test/install.js installs it`);
	return found;
}
