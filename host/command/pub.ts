// SPDX-License-Identifier: MIT
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Command } from "commander";
import { checkTopicName, type PayloadSource } from "../../src/mqtt/index.ts";
import type { MessageOptions, MqttClient } from "../mqtt/index.ts";
import { UsageError } from "../usage-error.ts";
import { brokerOf } from "./broker.ts";
import { addBrokerFlags, type BrokerFlags, usable, whole } from "./flags.ts";
import { linesOf } from "./lines.ts";
import type { Run } from "./run.ts";
import { INTERRUPTED, type Say, session } from "./session.ts";

interface PubFlags extends BrokerFlags {
	topic?: string;
	message?: string;
	file?: string;
	stdinFile?: boolean;
	stdinLine?: boolean;
	nullMessage?: boolean;
	qos: 0 | 1 | 2;
	retain?: boolean;
	repeat: number;
	repeatDelay: number;
}

/** How many lines may be on their way at once. */
const AHEAD = 100;

/** Adds `katydid pub`. */
export function addPub(program: Command, run: Run): void {
	addBrokerFlags(program.command("pub"))
		.description("publish with the MQTT client; mosquitto_pub's flags")
		.option("-t, --topic <topic>", "the topic name")
		.option("-m, --message <text>", "the payload")
		.option("-f, --file <file>", "the payload is this file's content")
		.option("-s, --stdin-file", "the payload is what comes from stdin")
		.option("-l, --stdin-line", "each line of stdin is a message")
		.option("-n, --null-message", "the payload is empty")
		.option("-q, --qos <qos>", "0, 1 or 2", whole(0, 2), 0)
		.option("-r, --retain", "the broker keeps the message for who subscribes later")
		.option("--repeat <n>", "publish it n times", whole(1, 1e9), 1)
		.option("--repeat-delay <seconds>", "wait so long in between", seconds, 0)
		.action((flags: PubFlags) => run((signal) => pub(flags, signal)));
}

function seconds(text: string): number {
	const value = Number(text);
	if (text !== "" && value >= 0) return value;
	throw new UsageError(`--repeat-delay: expected seconds, got "${text}"`);
}

/** Publishes what the flags say; resolves to the exit code. Throws UsageError. */
async function pub(flags: PubFlags, signal: AbortSignal): Promise<number> {
	const broker = brokerOf(flags, "publish");
	const { qos, retain = false, topic = broker.topic } = flags;
	if (topic === undefined) throw new UsageError("expected a topic name to publish to: -t TOPIC");
	usable("-t", () => checkTopicName(topic));
	const options: MessageOptions = { qos, retain, properties: broker.properties };
	const payload = await payloadOf(flags);
	try {
		return await session(broker, flags, signal, (client, say) => async () => {
			if (payload === undefined) return publishLines(client, topic, options, signal, say);
			for (let i = 0; i < flags.repeat && !signal.aborted; i++) {
				if (i > 0 && flags.repeatDelay > 0) await setTimeout(flags.repeatDelay * 1000, undefined, { signal });
				await client.publish(topic, payload, options);
			}
			return signal.aborted ? INTERRUPTED : 0;
		});
	} finally {
		if (payload instanceof FilePayload) payload.close();
	}
}

/** What is published; undefined when it is the lines of stdin. */
async function payloadOf(flags: PubFlags): Promise<string | Uint8Array | PayloadSource | undefined> {
	const { message, file, stdinFile, stdinLine, nullMessage } = flags;
	const given = [message !== undefined, file !== undefined, stdinFile, stdinLine, nullMessage].filter(Boolean).length;
	if (given !== 1)
		throw new UsageError(`expected one of -m, -f, -s, -l and -n for the payload, got ${given || "none"}`);
	if (message !== undefined) return message;
	if (file !== undefined) return new FilePayload(file);
	if (nullMessage) return "";
	if (stdinLine) return undefined;
	const chunks: Buffer[] = [];
	for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

/** Publishes each line of stdin, some of them ahead of what the broker has acknowledged. */
async function publishLines(
	client: MqttClient,
	topic: string,
	options: MessageOptions,
	signal: AbortSignal,
	say: Say,
): Promise<number> {
	let code = 0;
	const underway = new Set<Promise<void>>();
	const stop = () => process.stdin.destroy();
	signal.addEventListener("abort", stop);
	try {
		for await (const line of linesOf(process.stdin)) {
			const done = client
				.publish(topic, line, options)
				.then(
					() => {},
					(error: Error) => {
						if (signal.aborted) return;
						code = 1;
						say(error);
					},
				)
				.finally(() => underway.delete(done));
			underway.add(done);
			if (underway.size >= AHEAD) await Promise.race(underway);
		}
	} catch (error) {
		if (!signal.aborted) throw error;
	}
	signal.removeEventListener("abort", stop);
	await Promise.all(underway);
	return signal.aborted ? INTERRUPTED : code;
}

/** A file as a payload: it is read while it is sent, however large it is. */
class FilePayload implements PayloadSource {
	readonly length: number;
	private readonly file: number;

	/** Throws UsageError when it cannot be read. */
	constructor(path: string) {
		try {
			this.file = openSync(path, "r");
		} catch (error) {
			throw new UsageError(`--file: ${(error as Error).message}`);
		}
		const stat = fstatSync(this.file);
		this.length = stat.size;
		if (!stat.isFile()) throw new UsageError(`--file: expected a file, got ${path}`);
	}

	read(into: Uint8Array, offset: number): number {
		const count = readSync(this.file, into, 0, into.length, offset);
		if (count === 0) throw new Error("the file became shorter");
		return count;
	}

	close(): void {
		closeSync(this.file);
	}
}
