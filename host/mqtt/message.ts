// SPDX-License-Identifier: MIT
import type { Message, Properties } from "../../src/mqtt/index.ts";

/** A message received; it is the application's own. */
export interface ReceivedMessage {
	readonly topicName: string;
	/** Its bytes; `String(payload)` is its text. */
	readonly payload: Buffer;
	readonly qos: 0 | 1 | 2;
	/** The broker kept it for who subscribes later. */
	readonly retain: boolean;
	/** The broker sends it again: it may have come before. */
	readonly duplicate: boolean;
	/** What 5.0 says of it; empty where there is nothing. */
	readonly properties: Properties;
}

/** A copy of a message whose record the machine uses again. */
export function receivedMessage({ topicName, payload, qos, retain, duplicate, properties }: Message): ReceivedMessage {
	const { correlationData } = properties ?? {};
	return {
		topicName,
		payload: Buffer.from(payload),
		qos: qos as ReceivedMessage["qos"],
		retain,
		duplicate,
		properties: { ...properties, ...(correlationData && { correlationData: Buffer.from(correlationData) }) },
	};
}
