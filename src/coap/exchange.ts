// SPDX-License-Identifier: MIT
import type { Endpoint, Result } from "./handler.ts";
import { CON } from "./message.ts";
import type { Outcome } from "./promise.ts";
import type { IncomingRequest } from "./request.ts";
import { Transmission } from "./transmission.ts";

/** A request whose answer was promised, until the response is sent, and acknowledged if it is a CON. */
export class Exchange {
	/** A record of its own, which the handler may still read. */
	readonly request: IncomingRequest;
	/** Whether the response may begin an observation. */
	readonly observes: boolean;
	/** Of the resource's representations, the newest when the handler ran. */
	readonly version: number;
	/** What the promise became. */
	outcome: Outcome<Result> | undefined;
	/** When the empty ACK leaves; Infinity when none does any more. */
	acknowledgeBy: number;
	/** Whether it left: then the response is a separate one (§5.2.2). */
	acknowledged = false;
	/** When the promise must have settled. */
	readonly expiry: number;
	/** When the response may leave: for a multicast request, after a time of leisure (§8.2). */
	readonly notBefore: number;
	/** The separate response under way. */
	readonly transmission = new Transmission();

	constructor(request: IncomingRequest, observes: boolean, acknowledgeBy: number, expiry: number, notBefore: number) {
		this.request = request;
		this.observes = observes;
		this.version = request.resource!.version;
		this.acknowledgeBy = request.type === CON ? acknowledgeBy : Infinity;
		this.expiry = expiry;
		this.notBefore = notBefore;
	}

	/** Whether the request was a multicast one. */
	get multicast(): boolean {
		return this.notBefore > 0;
	}

	at(endpoint: Readonly<Endpoint>): boolean {
		const { address, port } = this.request.endpoint;
		return port === endpoint.port && address === endpoint.address;
	}

	/** When time has something to say to it; Infinity when never. */
	get deadline(): number {
		if (this.transmission.messageId >= 0) return this.transmission.deadline;
		if (this.outcome === undefined) return Math.min(this.acknowledgeBy, this.expiry);
		return this.notBefore > 0 ? this.notBefore : Infinity;
	}
}
