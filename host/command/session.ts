// SPDX-License-Identifier: MIT
import { MqttError } from "../../src/mqtt/index.ts";
import { type ConnectOptions, MqttClient } from "../mqtt/index.ts";
import { UsageError } from "../usage-error.ts";
import type { Broker } from "./broker.ts";
import type { BrokerFlags } from "./flags.ts";

/** The exit code, a shell's, of a command that Ctrl-C kept from doing what it was to do. */
export const INTERRUPTED = 130;

/** Says on stderr what went wrong, in one sentence. */
export type Say = (error: Error) => void;

/** What a command makes of its client before that connects; returns what it does then, which resolves to the exit code. */
export type Begin = (client: MqttClient, say: Say) => () => Promise<number>;

/**
 * Connects, does what `begin` returned, closes; resolves to the exit code: the broker's when it refuses the connection, 1 for what else goes wrong. `signal` ends it
 * early, with 130 unless the work has another. Throws UsageError on what cannot work.
 */
export async function session(broker: Broker, flags: BrokerFlags, signal: AbortSignal, begin: Begin): Promise<number> {
	const { url, options } = broker;
	const print = (text: string) => void process.stderr.write(`katydid: ${text}\n`);
	const say: Say = (error) => {
		if (!flags.quiet) print(sentence(error, url));
	};
	const client = clientOf(url, { ...options, signal });
	signal.addEventListener("abort", () => void client.close());
	if (flags.debug) client.on("connect", (present) => print(welcome(client, url, present)));
	try {
		const work = begin(client, say);
		await first(client, say);
		client.on("disconnect", (reason, retry) => {
			if (retry !== undefined && !flags.quiet)
				print(`${sentence(reason, url)} (trying again in ${Math.ceil(retry / 1000)} s)`);
		});
		return await work();
	} catch (error) {
		if (signal.aborted) return INTERRUPTED;
		if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message);
		if (!(error instanceof MqttError)) throw error;
		say(error);
		return error.code === "CONNECTION_REFUSED" ? (error.reasonCode ?? 1) : 1;
	} finally {
		await client.close();
	}
}

function welcome({ broker }: MqttClient, url: string, sessionPresent: boolean): string {
	const version = broker!.version === 5 ? "5.0" : "3.1.1";
	return `connected to ${shown(url)} as "${broker!.clientId}", MQTT ${version}${sessionPresent ? ", session present" : ""}`;
}

function clientOf(url: string, options: ConnectOptions): MqttClient {
	try {
		return new MqttClient(url, options);
	} catch (error) {
		throw new UsageError((error as Error).message);
	}
}

/** The first connection, or why it was not made: what fails at first is most often a mistake. */
function first(client: MqttClient, say: Say): Promise<void> {
	return new Promise((resolve, reject) => {
		const failed = (reason: MqttError, retry: number | undefined) => {
			// Another version, or another broker, is tried at once; a session that is not ours is given up.
			if (reason.code === "SESSION_UNKNOWN") say(reason);
			else if (retry !== 0) reject(reason);
		};
		client.on("disconnect", failed);
		client.once("connect", () => {
			client.off("disconnect", failed);
			resolve();
		});
		client.connect().catch(reject);
	});
}

/** What an error says to people. */
function sentence(error: Error, url: string): string {
	const { code, message, reasonCode } = error as MqttError;
	const broker = shown(url);
	if (code === "CONNECTION_REFUSED") return `${broker} refused the connection: ${message} (${reasonCode})`;
	if (code === "CONNECT_FAILED") return `no connection to ${broker}: ${message}`;
	if (code === "DISCONNECTED") return `${broker} ended the connection: ${message} (${reasonCode})`;
	if (code === "CONNECTION_LOST") return `the connection to ${broker} was lost: ${message}`;
	return message;
}

/** A URL without user and password. */
function shown(url: string): string {
	return url.replace(/\/\/[^/]*@/, "//");
}
