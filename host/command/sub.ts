// SPDX-License-Identifier: MIT
import type { Command } from "commander";
import { checkTopicFilter } from "../../src/mqtt/index.ts";
import type { ConnectOptions } from "../mqtt/index.ts";
import { UsageError } from "../usage-error.ts";
import { brokerOf } from "./broker.ts";
import { addBrokerFlags, type BrokerFlags, collect, usable, whole } from "./flags.ts";
import { parseFormat } from "./format.ts";
import { Printer, type PrinterFlags } from "./printer.ts";
import type { Run } from "./run.ts";
import { session } from "./session.ts";

interface SubFlags extends BrokerFlags, PrinterFlags {
	topic?: string[];
	qos: 0 | 1 | 2;
	verbose?: boolean;
	format?: string;
	/** Seconds. */
	W?: number;
	/** Ends when subscribed. */
	E?: boolean;
	retainAsPublished?: boolean;
}

/** Adds `katydid sub`. */
export function addSub(program: Command, run: Run): void {
	addBrokerFlags(program.command("sub"))
		.description("subscribe with the MQTT client and print messages; mosquitto_sub's flags")
		.option("-t, --topic <filter>", "a topic filter; again for more", collect)
		.option("-q, --qos <qos>", "0, 1 or 2", whole(0, 2), 0)
		.option("-v, --verbose", "print the topic name, too")
		.option("-F, --format <format>", "print this: %t %p %q %r %l %x %j %J %P …")
		.option("-N", "no end of line after a message")
		.option("-C <n>", "end after n messages", whole(1, 1e9))
		.option("-W <seconds>", "end after so long, with code 27", whole(1, 1e6))
		.option("-E", "end when the broker has granted the subscriptions")
		.option("-R", "print no retained messages")
		.option("-T, --filter-out <filter>", "print no message whose topic matches; again for more", collect)
		.option("--retain-as-published", "messages come with the retain flag that they were published with")
		.option("--retained-only", "print retained messages alone, and end at the first other one")
		.option("--remove-retained", "remove each retained message that comes")
		.action((flags: SubFlags) => run((signal) => sub(flags, signal)));
}

/** Prints what comes; resolves to the exit code. Throws UsageError. */
async function sub(flags: SubFlags, signal: AbortSignal): Promise<number> {
	const broker = brokerOf(flags, "subscribe");
	const topicFilters = flags.topic ?? (broker.topic === undefined ? [] : [broker.topic]);
	if (topicFilters.length === 0) throw new UsageError("expected a topic filter to subscribe to: -t FILTER");
	usable("-t", () => topicFilters.forEach(checkTopicFilter));
	usable("-T", () => flags.filterOut?.forEach(checkTopicFilter));
	const format = parseFormat(flags.format ?? (flags.verbose ? "%t %p" : "%p"));
	let printer: Printer;
	const options: ConnectOptions = {
		...broker.options,
		// A message is acknowledged when it is printed.
		manualAcknowledgement: true,
		maximumStreamedSize: broker.options.maximumPacketSize ?? 0xfffffff,
		onMessage: (message) => printer.take(message),
		onPart: (message, offset, size) => printer.takePart(message, offset, size),
	};
	return session({ ...broker, options }, flags, signal, (client, say) => {
		printer = new Printer(client, flags, format, say);
		signal.addEventListener("abort", () => printer.end(0));
		return () => {
			if (flags.W !== undefined) printer.endAfter(flags.W * 1000);
			const { qos, retainAsPublished = false } = flags;
			const asked = topicFilters.map((topicFilter) =>
				client.subscribe(topicFilter, { qos, retainAsPublished, ...broker.properties }),
			);
			const granted = Promise.all(asked).then(() => {
				client.on("error", say);
				if (flags.debug) process.stderr.write(`katydid: subscribed to ${topicFilters.join(", ")}\n`);
				return flags.E ? 0 : printer.ended;
			});
			return Promise.race([granted, printer.ended]);
		};
	});
}
