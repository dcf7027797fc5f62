// SPDX-License-Identifier: MIT
import type { Command } from "commander";
import { CoapClient } from "../coap/client.ts";
import { codeWithName, type Method } from "../coap/code.ts";
import { CoapError } from "../coap/error.ts";
import type { CoapObserveOptions } from "../coap/options.ts";
import { UsageError } from "../usage-error.ts";
import { parseOption } from "./coap-options.ts";
import { payloadOf } from "./coap-payload.ts";
import { printLinks, printResponse, type Style } from "./coap-print.ts";
import { collect, whole } from "./flags.ts";
import type { Run } from "./run.ts";
import { INTERRUPTED } from "./session.ts";

/** The server answered with an error, such as 4.04. */
const REFUSED = 1;
/** There was no answer. */
const UNANSWERED = 3;

interface CoapFlags {
	accept?: string;
	format?: string;
	non?: boolean;
	option?: string[];
	query?: string[];
	timeout?: number;
	blockSize?: number;
	json?: boolean;
	quiet?: boolean;
	count?: number;
	duration?: number;
	interface?: string;
}

const METHODS: readonly [name: string, method: Method, description: string, payload: boolean][] = [
	["get", "GET", "read a resource", false],
	["put", "PUT", "write a resource", true],
	["post", "POST", "have a resource do something", true],
	["delete", "DELETE", "delete a resource", false],
	["fetch", "FETCH", "read a part of a resource, as the payload says", true],
	["patch", "PATCH", "change a part of a resource", true],
	["ipatch", "iPATCH", "change a part of a resource; twice is as once", true],
];

/** Adds `katydid get`, `put`, `post`, `delete`, `fetch`, `patch`, `ipatch`, `observe` and `discover`. */
export function addCoap(program: Command, run: Run): void {
	for (const [name, method, description, takesPayload] of METHODS) {
		const command = program
			.command(name)
			.description(`${description} over CoAP`)
			.argument("<url>", "coap:// or coap+tcp://, then host[:port]/path[?query]");
		if (takesPayload) {
			command
				.argument("[payload]", "the payload; @FILE is a file's content, - is stdin")
				.option("-f, --format <format>", "the payload's Content-Format, a number or a name such as json or text");
		}
		addFlags(command).action((url: string, given: string | CoapFlags, flags: CoapFlags) =>
			takesPayload
				? run((signal) => ask(method, url, given as string | undefined, flags, signal))
				: run((signal) => ask(method, url, undefined, given as CoapFlags, signal)),
		);
	}
	addFlags(program.command("observe").description("print each state of a resource, over CoAP, until Ctrl-C"))
		.argument("<url>", "coap:// or coap+tcp://, then host[:port]/path[?query]")
		.option("-c, --count <n>", "end after so many states", whole(1, 1e9))
		.option("-s, --duration <seconds>", "end after so many seconds", seconds)
		.action((url: string, flags: CoapFlags) => run((signal) => observe(url, flags, signal)));
	addFlags(program.command("discover").description("list what CoAP servers offer"))
		.argument("[url]", "coap://host[:port] of one server (default: all in this network, by multicast)")
		.option("-i, --interface <address>", "the local IPv4 address of the network")
		.action((url: string | undefined, flags: CoapFlags) => run((signal) => discover(url, flags, signal)));
}

function addFlags(command: Command): Command {
	return command
		.option("-a, --accept <format>", "the Content-Format that is wanted, a number or a name such as json or cbor")
		.option("-N, --non", "as a NON, which is not sent again")
		.option("-o, --option <option=value>", "a further option, such as ETag=0x01 or 65000=hello", collect)
		.option("-Q, --query <argument>", "a Uri-Query option, such as rt=light", collect)
		.option("-b, --block-size <bytes>", "the size of blocks, 16 to 1024 (default: 1024)", whole(16, 1024))
		.option("-B, --timeout <seconds>", "give up after so many seconds (default: 93)", seconds)
		.option("-q, --quiet", "print the payload alone, byte by byte")
		.option("--json", "print one JSON object a line")
		.allowExcessArguments(false);
}

function seconds(text: string): number {
	const value = Number(text);
	if (text !== "" && value > 0 && value <= 1e6) return value;
	throw new UsageError(`expected seconds, got "${text}"`);
}

/** Sends one request, prints the response; resolves to the exit code. */
async function ask(
	method: Method,
	url: string,
	argument: string | undefined,
	flags: CoapFlags,
	signal: AbortSignal,
): Promise<number> {
	const payload = payloadOf(argument);
	return session(flags, signal, async (client, options) => {
		const response = await client.request(method, url, payload, options);
		printResponse(response, styleOf(flags));
		if (response.ok) return 0;
		say(`${method} ${url}: ${codeWithName(response.code)}`);
		return REFUSED;
	});
}

async function observe(url: string, flags: CoapFlags, signal: AbortSignal): Promise<number> {
	const { count = Infinity, duration } = flags;
	return session(flags, signal, async (client, options) => {
		const end = duration === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(duration * 1000)]);
		// The whole is not to end after --timeout: that is how long the server may be silent when it is asked.
		const observation = client.observe(url, { ...options, signal: undefined });
		end.addEventListener("abort", () => observation.cancel());
		const style = flags.quiet && !flags.json ? "lines" : styleOf(flags);
		let left = count;
		for await (const response of observation) {
			printResponse(response, style);
			if (response.observe === undefined) say(`${url} cannot be observed: this is its state now`);
			if (--left === 0) break;
		}
		return 0;
	});
}

async function discover(url: string | undefined, flags: CoapFlags, signal: AbortSignal): Promise<number> {
	return session(flags, signal, async (client, options) => {
		// A group has the whole --timeout to answer, and then it is no failure.
		const links = await client.discover(url, { ...options, signal });
		printLinks(links, styleOf(flags));
		if (links.length > 0) return 0;
		say(url === undefined ? "no CoAP server answered in this network" : `${url}: nobody offers what would match`);
		return UNANSWERED;
	});
}

/** Makes a client, does `work`, says what went wrong in one sentence; resolves to the exit code. Throws UsageError. */
async function session(
	flags: CoapFlags,
	signal: AbortSignal,
	work: (client: CoapClient, options: CoapObserveOptions) => Promise<number>,
): Promise<number> {
	const { timeout } = flags;
	const limit = timeout === undefined ? undefined : AbortSignal.timeout(timeout * 1000);
	const client = new CoapClient({ address: flags.interface, onError: (error) => say(error.message) });
	try {
		const options = optionsOf(flags);
		return await work(client, { ...options, signal: limit === undefined ? signal : AbortSignal.any([signal, limit]) });
	} catch (error) {
		if (signal.aborted) return INTERRUPTED;
		if (limit?.aborted) say(`no answer within ${timeout} s`);
		else if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message);
		else if (!(error instanceof CoapError)) throw error;
		else {
			if (error.response !== undefined) printResponse(error.response, styleOf(flags));
			say(error.message);
		}
		return error instanceof CoapError && error.response !== undefined ? REFUSED : UNANSWERED;
	} finally {
		client.close();
	}
}

function optionsOf(flags: CoapFlags): CoapObserveOptions {
	const { accept, format, non, option = [], query, timeout, blockSize } = flags;
	return {
		accept,
		format,
		confirmable: !non,
		query,
		blockSize,
		options: option.map(parseOption),
		...(timeout !== undefined && { timeout: timeout * 1000 }),
	};
}

function styleOf({ json, quiet }: CoapFlags): Style {
	return json ? "json" : quiet ? "payload" : "whole";
}

function say(sentence: string): void {
	process.stderr.write(`katydid: ${sentence}\n`);
}
