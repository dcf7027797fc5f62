// SPDX-License-Identifier: MIT
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { generate } from "mqtt-packet";
import type { Program } from "../support/processes.ts";

/** A broker of the tests' own, on a loopback port that it keeps when it is started again. */
export interface Broker {
	readonly port: number;
	/** Returns when it accepts a client. Throws with what it logged when it does not. */
	start(): Promise<void>;
	/** Ends it, as an administrator would. */
	stop(): Promise<void>;
	/** Stops it for good, and removes what it kept. */
	remove(): Promise<void>;
}

/** Whom every broker lets in, under the name that it has there. */
export const PASSWORD = "under the leaf";

/** How long a broker may take to start or to stop, in milliseconds. */
const PATIENCE = 60_000;

/** Returns when the broker on `port`, which `program` is, accepts `username`. Throws with what it logged when it ended or takes too long. */
export function accepting(program: Program, port: number, username: string): Promise<void> {
	const connect = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clientId: "probe" } as const;
	return until(program, () => answer(port, generate({ ...connect, username, password: Buffer.from(PASSWORD) })));
}

/** Returns when something listens on `port`, which `program` is to do. Throws with what it logged when it ended or takes too long. */
export function answering(program: Program, port: number): Promise<void> {
	return until(program, () => answer(port, undefined));
}

async function until(program: Program, there: () => Promise<boolean>): Promise<void> {
	const deadline = Date.now() + PATIENCE;
	let ended = false;
	void program.ended.then(() => {
		ended = true;
	});
	while (!(await there())) {
		const late = Date.now() > deadline;
		if (ended || late)
			throw new Error(`${ended ? "it ended" : `not there in ${PATIENCE / 1000} s`}:\n${said(program)}`);
		await setTimeout(50);
	}
}

/** Whether a connection to `port` is made and, when a CONNECT is given, answered with a CONNACK that says yes. */
function answer(port: number, packet: Buffer | undefined): Promise<boolean> {
	return new Promise((resolve) => {
		const done = (accepted: boolean) => {
			socket.destroy();
			resolve(accepted);
		};
		const socket = connect(port, "127.0.0.1", () => (packet ? socket.write(packet) : done(true)));
		socket.once("data", (bytes) => done(bytes[0] === 0x20 && bytes[3] === 0));
		socket.once("close", () => done(false));
		socket.on("error", () => done(false));
	});
}

/** Ends a program, by force when it takes too long. */
export async function end(program: Program | undefined): Promise<void> {
	if (!program) return;
	const patience = new AbortController();
	const late = setTimeout(PATIENCE / 2, undefined, { signal: patience.signal }).then(
		() => program.stop("SIGKILL"),
		() => undefined,
	);
	await program.stop();
	patience.abort();
	await late;
}

/** The end of what a program printed. */
function said(program: Program): string {
	return [...program.output.all.slice(-60), ...program.errors.all.slice(-60)].join("\n");
}
