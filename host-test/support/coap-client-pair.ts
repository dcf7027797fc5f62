// SPDX-License-Identifier: MIT
import { Client, type ClientOptions, type ClientRequest, type Outcome } from "../../src/coap/client.ts";
import type { Endpoint } from "../../src/coap/index.ts";
import { datagram, textOf } from "./coap-text.ts";

/** The peer that is asked. */
export const SERVER: Endpoint = { address: "192.0.2.1", port: 5683 };

/**
 * A client on a fake clock whose peer is the test. Its Message IDs start at 1000 (hex), its tokens are 80808080, 81808080 and so on,
 * ACK_TIMEOUT is 2.5 s.
 */
export class ClientPair {
	readonly client: Client;
	readonly errors: Error[] = [];
	/** What callbacks were told, such as `2.05 | 22.5` or `timeout`. */
	readonly told: string[] = [];
	/** How often the client asked to be driven. */
	woken = 0;
	now = 0;
	private readonly to: Endpoint = { address: "", port: 0 };

	constructor(options: Partial<ClientOptions> = {}) {
		const onError = (error: Error) => this.errors.push(error);
		this.client = new Client({ random: () => 0.5, messageId: 0x1000, onError, ...options });
		this.client.wake = () => {
			this.woken++;
		};
	}

	/** Asks the server for `/a`, if the request says nothing else; what comes of it is added to `told`, after `name`. */
	ask(request: Partial<ClientRequest> = {}, name = "") {
		const tell = (text: string) => this.told.push(name + text);
		return this.client.request({
			endpoint: SERVER,
			path: "a",
			onResponse: ({ code, payload, observe }) => tell(`${codeText(code)} #${observe} | ${decode(payload)}`),
			onEnd: (outcome) => tell(outcomeText(outcome)),
			...request,
		});
	}

	/** What the client sends now, to the server unless the line says where. */
	sends(): string[] {
		const sent: string[] = [];
		while (this.client.due) {
			const bytes = this.client.transmit(this.to, this.now);
			if (bytes === undefined) break;
			const { address, port } = this.to;
			const elsewhere = address === SERVER.address && port === SERVER.port ? "" : ` → ${address}:${port}`;
			sent.push(textOf(bytes) + elsewhere);
		}
		return sent;
	}

	/** Gives the client a message, as text or as bytes; returns what it sends thereupon. */
	receives(message: string | Uint8Array, from: Endpoint = SERVER): string[] {
		// Bytes and endpoint are reused: what the client keeps of them without a copy goes bad.
		const lent = (typeof message === "string" ? datagram(message) : message).slice();
		const endpoint = { ...from };
		const reply = this.client.receive(lent, endpoint, this.now);
		const sent = reply === undefined ? [] : [textOf(reply)];
		lent.fill(0x5a);
		endpoint.port = 0;
		return [...sent, ...this.sends()];
	}

	/** Lets `milliseconds` pass; returns what the client sent meanwhile, as `<seconds> <message>`. */
	advance(milliseconds: number): string[] {
		const until = this.now + milliseconds;
		const sent: string[] = [];
		while (this.client.deadline <= until) {
			if (this.client.deadline < this.now) throw new Error("the deadline passed");
			this.now = this.client.deadline;
			this.client.expire(this.now);
			if (this.client.deadline <= this.now) throw new Error("the deadline stands still");
			sent.push(...this.sends().map((text) => `${this.now / 1000} ${text}`));
		}
		this.now = until;
		return sent;
	}

	/** What callbacks were told since the last call. */
	news(): string[] {
		return this.told.splice(0);
	}
}

function outcomeText(outcome: Outcome): string {
	if (outcome.type === "response") {
		const { code, payload } = outcome.response;
		return payload.length > 0 ? `${codeText(code)} | ${decode(payload)}` : codeText(code);
	}
	if (outcome.type === "failed") return `failed: ${outcome.reason}`;
	return outcome.type === "timeout" && outcome.acknowledged ? "timeout after an ACK" : outcome.type;
}

function codeText(code: number): string {
	return `${code >> 5}.${String(code & 31).padStart(2, "0")}`;
}

function decode(payload: Uint8Array): string {
	return new TextDecoder().decode(payload);
}
