// SPDX-License-Identifier: MIT
import type { Client } from "../mqtt/index.ts";
import { PUBACK, PUBCOMP, PUBLISH, PUBREC, SUBACK, SUBSCRIBE, UNSUBACK, UNSUBSCRIBE } from "./operation.ts";
import type { ControlMessage } from "./options.ts";
import type { PacketScanner } from "./packet-scanner.ts";

const FAILURE = 0x80;

/** A SUBSCRIBE or UNSUBSCRIBE of the application, for which the client sends a packet for each item. */
interface Request {
	readonly operation: number;
	/** 0 until there is one. */
	id: number;
	readonly payload: number[];
	missing: number;
}

interface Question {
	readonly request: Request;
	readonly index: number;
	readonly topicFilter: string;
	readonly qos: 0 | 1 | 2;
	/** The client was asked. */
	asked: boolean;
	/** The Packet Identifier of the packet that asks the broker; 0 before it is sent. */
	packetIdentifier: number;
}

interface Sent {
	readonly id: number;
	packetIdentifier: number;
}

/** What the application asked and the broker has not answered: matches the identifiers of the application with those on the wire. */
export class Questions {
	private readonly client: Client;
	private readonly tell: (message: ControlMessage) => void;
	private questions: Question[] = [];
	/** Messages at QoS 1 and 2 that are not acknowledged, in the order that they are sent in. */
	private messages: Sent[] = [];

	/** `tell` hears of the answers. */
	constructor(client: Client, tell: (message: ControlMessage) => void) {
		this.client = client;
		this.tell = tell;
	}

	/** Asks for each of these; `id` is 0 when the application did not say one. */
	ask(operation: number, id: number, items: readonly { topicFilter: string; qos: 0 | 1 | 2 }[]): void {
		const request: Request = { operation, id, payload: [], missing: items.length };
		const first = this.questions.length;
		for (let index = 0; index < items.length; index++) {
			const { topicFilter, qos } = items[index]!;
			this.questions.push({ request, index, topicFilter, qos, asked: false, packetIdentifier: 0 });
		}
		for (let i = first; i < first + items.length; i++) this.start(this.questions[i]!);
	}

	/** Asks the client, unless another question about the topic filter comes first: it would see only the last of the two. */
	private start(question: Question): void {
		const { topicFilter, qos, request } = question;
		if (this.questions.find((other) => other.topicFilter === topicFilter) !== question) return;
		question.asked = true;
		const client = this.client;
		try {
			if (request.operation === UNSUBSCRIBE) {
				// The broker may know a subscription that this client does not, of an earlier run.
				const { wake } = client;
				client.wake = () => {};
				client.subscribe(topicFilter, 0);
				client.wake = wake;
				client.unsubscribe(topicFilter);
			} else client.subscribe(topicFilter, qos);
		} catch {
			this.answer(question, FAILURE); // a broker of 5.0 that does not support it
		}
	}

	/** A message at QoS 1 or 2 was accepted; the function returned says that it will not be sent. */
	publish(id: number): () => void {
		const sent = { id, packetIdentifier: 0 };
		this.messages.push(sent);
		return () => {
			this.messages = this.messages.filter((other) => other !== sent);
		};
	}

	/** A packet was sent. */
	sent({ type, packetIdentifier, body }: PacketScanner): void {
		if (type === PUBLISH && packetIdentifier !== 0) {
			if (this.messages.some((message) => message.packetIdentifier === packetIdentifier)) return; // once more
			const message = this.messages.find((candidate) => candidate.packetIdentifier === 0);
			if (message !== undefined) message.packetIdentifier = packetIdentifier;
		} else if (type === SUBSCRIBE || type === UNSUBSCRIBE) {
			const question = this.questions.find(
				(candidate) =>
					candidate.asked &&
					candidate.packetIdentifier === 0 &&
					candidate.request.operation === type &&
					asksFor(body, candidate.topicFilter),
			);
			if (question !== undefined) question.packetIdentifier = identifier(body);
		}
	}

	/** A packet came that may answer: tells what it means to the application. */
	received({ type, body }: PacketScanner): void {
		const packetIdentifier = identifier(body);
		if (type === SUBACK || type === UNSUBACK) {
			const question = this.questions.find((candidate) => candidate.packetIdentifier === packetIdentifier);
			// The client subscribes again on its own, too.
			if (question !== undefined) this.answer(question, type === SUBACK ? body[body.length - 1]! : 0);
			return;
		}
		const index = this.messages.findIndex((message) => message.packetIdentifier === packetIdentifier);
		const ours = index >= 0 && (type === PUBACK || type === PUBREC || type === PUBCOMP);
		const id = (ours && this.messages[index]!.id) || packetIdentifier;
		if (ours && (type !== PUBREC || body[2]! >= FAILURE)) this.messages.splice(index, 1);
		this.tell({ operation: type, id });
	}

	private answer(question: Question, code: number): void {
		const { request, index, topicFilter, packetIdentifier } = question;
		this.questions = this.questions.filter((other) => other !== question);
		request.payload[index] = code;
		request.id ||= packetIdentifier;
		if (--request.missing === 0) {
			const { operation, id, payload } = request;
			if (operation === SUBSCRIBE) this.tell({ operation: SUBACK, id, payload });
			else this.tell({ operation: UNSUBACK, id });
		}
		const next = this.questions.find((other) => other.topicFilter === topicFilter);
		if (next !== undefined) this.start(next);
	}

	/** A connection begins: the client asks again what had no answer, but does not end subscriptions that a new session does not have. */
	restart(resumed: boolean): void {
		for (const question of this.questions.filter(({ asked }) => asked)) {
			question.packetIdentifier = 0;
			if (!resumed && question.request.operation === UNSUBSCRIBE) this.answer(question, 0);
		}
	}
}

function identifier(body: Uint8Array): number {
	return (body[0]! << 8) | body[1]!;
}

/** Whether a SUBSCRIBE or UNSUBSCRIBE of one topic filter, which stands at its end but for the options, is for this one. */
function asksFor(body: Uint8Array, topicFilter: string): boolean {
	const wanted = new TextEncoder().encode(topicFilter);
	for (let after = 0; after < 2; after++) {
		const start = body.length - after - wanted.length;
		if (start >= 4 && ((body[start - 2]! << 8) | body[start - 1]!) === wanted.length) {
			let i = 0;
			while (i < wanted.length && body[start + i] === wanted[i]) i++;
			if (i === wanted.length) return true;
		}
	}
	return false;
}
