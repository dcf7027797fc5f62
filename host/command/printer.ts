// SPDX-License-Identifier: MIT
import { type Message, topicMatches } from "../../src/mqtt/index.ts";
import type { MqttClient, ReceivedMessage } from "../mqtt/index.ts";
import { receivedMessage } from "../mqtt/message.ts";
import type { Format } from "./format.ts";
import type { Say } from "./session.ts";

/** The exit code when the time of -W passed, as mosquitto_sub's. */
const TIMED_OUT = 27;

/** Which messages are printed, by mosquitto_sub's flags. */
export interface PrinterFlags {
	/** No end of line. */
	N?: boolean;
	/** This many messages. */
	C?: number;
	/** No retained messages. */
	R?: boolean;
	filterOut?: string[];
	retainedOnly?: boolean;
	removeRetained?: boolean;
}

/** Prints messages until there is a reason to end. */
export class Printer {
	/** The exit code, when it is time to end. */
	readonly ended: Promise<number>;
	private resolve!: (code: number) => void;
	private timer: NodeJS.Timeout | undefined;
	private readonly client: MqttClient;
	private readonly flags: PrinterFlags;
	private readonly format: Format;
	private readonly say: Say;
	private printed = 0;
	/** A message that comes in parts. */
	private whole = Buffer.alloc(0);

	constructor(client: MqttClient, flags: PrinterFlags, format: Format, say: Say) {
		this.client = client;
		this.flags = flags;
		this.format = format;
		this.say = say;
		this.ended = new Promise((resolve) => {
			this.resolve = resolve;
		});
	}

	/** Prints nothing any more, and closes the client. */
	end(code: number): void {
		clearTimeout(this.timer);
		this.resolve(code);
		// At once, so that what else has come is not acknowledged.
		void this.client.close();
	}

	endAfter(milliseconds: number): void {
		this.timer = setTimeout(() => this.end(TIMED_OUT), milliseconds);
	}

	/** A message came; resolves when it is printed, or is not to be. */
	async take(message: ReceivedMessage): Promise<void> {
		const { topicName, payload, retain } = message;
		const { R, retainedOnly, removeRetained, filterOut = [] } = this.flags;
		if (retainedOnly && !retain) {
			this.end(0);
			return;
		}
		if (filterOut.some((topicFilter) => topicMatches(topicFilter, topicName))) return;
		if (removeRetained && retain && payload.length > 0) {
			this.client.publish(topicName, "", { qos: 1, retain: true }).catch(this.say);
		}
		if (!(R && retain)) await this.print(message);
	}

	/** A part came of a message that is larger than the client's buffer. */
	takePart(message: Message, offset: number, size: number): void {
		if (offset === 0) this.whole = Buffer.alloc(size);
		this.whole.set(message.payload, offset);
		if (offset + message.payload.length < size) return;
		void this.take({ ...receivedMessage(message), payload: this.whole });
		this.whole = Buffer.alloc(0);
	}

	private async print(message: ReceivedMessage): Promise<void> {
		let text: Buffer;
		try {
			text = this.format(message);
		} catch (error) {
			this.say(error as Error);
			return;
		}
		const { N, C } = this.flags;
		// Never settled when nobody reads any more: then it comes again in a session that is kept.
		const written = new Promise<void>((resolve) => {
			process.stdout.write(N ? text : Buffer.concat([text, Buffer.from("\n")]), (error) => {
				if (!error) resolve();
			});
		});
		if (++this.printed === C) this.end(0);
		await written;
	}
}
