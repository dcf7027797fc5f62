// SPDX-License-Identifier: MIT
import * as Code from "./code.ts";
import type { Endpoint } from "./handler.ts";
import { TOKEN_AT } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";
import { Notification } from "./notification.ts";
import type { Asked, IncomingRequest } from "./request.ts";
import type { Resource } from "./resource.ts";
import { Transmission } from "./transmission.ts";

/** Which bits of `sent` tell where a Message ID is remembered. */
export const RECENT = 3;

/**
 * An entry of the list of observers: a client's interest in a resource, and what is under way to it. Handlers see it as the GET that it
 * was registered with.
 */
export class Observer implements Asked {
	readonly endpoint: Endpoint = { address: "", port: 0 };
	code = Code.GET;
	notification!: Notification;
	resource!: Resource;
	query: readonly string[] = [];
	accept: number | undefined;
	block2 = -1;
	plain = true;
	/** Of the resource's representations, the one that it was sent. */
	version = 0;
	/** Whether the notification under way is the last one. */
	ended = false;
	/** How many NON may go out before the client has to show that it is there. */
	quiet = 0;
	/** When a notification may be a NON again. */
	nextNon = 0;
	/** When the next notification must be a CON. */
	confirmBy = 0;
	readonly transmission = new Transmission();
	/** The Message IDs of the latest notifications, of which a RST may speak; -1 for none. */
	readonly recent = [-1, -1, -1, -1];
	/** How many notifications there were. */
	sent = 0;

	/** Becomes what `request` registers; `writer` writes the heads of its notifications. */
	assign(request: IncomingRequest, writer: MessageWriter): void {
		this.endpoint.address = request.endpoint.address;
		this.endpoint.port = request.endpoint.port;
		this.resource = request.resource!;
		this.notification = new Notification(request.token, this.resource.textFormat, writer);
		this.query = request.query;
		this.accept = request.accept;
		this.block2 = request.block2;
		this.plain = request.accept === undefined && request.block2 < 0;
		this.version = this.resource.version;
		this.ended = false;
		this.transmission.stop();
	}

	/** Whether it has the endpoint and the token of `request`. */
	is(request: IncomingRequest): boolean {
		const token = this.token;
		if (token.length !== request.tokenLength || !this.at(request.endpoint)) return false;
		for (let i = 0; i < token.length; i++) if (token[i] !== request.bytes[TOKEN_AT + i]) return false;
		return true;
	}

	at(endpoint: Readonly<Endpoint>): boolean {
		return this.endpoint.port === endpoint.port && this.endpoint.address === endpoint.address;
	}

	/** A notification has `messageId`. */
	remember(messageId: number): void {
		this.recent[this.sent++ & RECENT] = messageId;
	}

	/** Whether one of the latest notifications had `messageId`. */
	remembers(messageId: number): boolean {
		return this.recent.includes(messageId);
	}

	get token(): Uint8Array {
		return this.notification.token;
	}

	get path(): string {
		return this.resource.path;
	}

	get segments(): readonly string[] {
		return this.resource.segments;
	}

	get contentFormat(): undefined {
		return undefined;
	}

	get payload(): Uint8Array {
		return new Uint8Array(0);
	}

	text(): string {
		return "";
	}

	get block1(): number {
		return -1;
	}

	get conditional(): boolean {
		return false;
	}

	get refusal(): number {
		return 0;
	}

	names(): boolean {
		return false;
	}

	has(): boolean {
		return false;
	}
}
