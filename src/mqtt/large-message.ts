// SPDX-License-Identifier: MIT
import type { Events } from "./events.ts";
import type { Message } from "./options.ts";
import type { Publish } from "./publish.ts";

/** A message larger than the buffer while it comes: the application is given its parts, or it is passed over. */
export class LargeMessage {
	/** The application takes no more now. */
	paused = false;
	/** Where the next part begins in the payload; -1 while none is given to the application. */
	private offset = -1;
	private size = 0;
	private readonly message: Publish;
	private readonly events: Events;

	/** The parts are shown as `message`'s payload. */
	constructor(message: Publish, events: Events) {
		this.message = message;
		this.events = events;
	}

	/** One of `size` bytes begins; `taken`: the application wants it. */
	begin(size: number, taken: boolean): void {
		this.offset = taken ? 0 : -1;
		this.size = size;
	}

	/** The next part came; true when it was the last of a message that the application has now. */
	part(bytes: Uint8Array): boolean {
		const offset = this.offset;
		if (offset < 0) return false;
		this.message.payload = bytes;
		this.offset = offset + bytes.length;
		this.paused = this.events.part(this.message as Message, offset, this.size) === false;
		const whole = this.offset === this.size;
		if (whole) this.offset = -1;
		return whole;
	}
}
