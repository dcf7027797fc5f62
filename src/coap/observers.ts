// SPDX-License-Identifier: MIT
import type { Endpoint } from "./handler.ts";
import type { ObserveParameters } from "./observe.ts";
import { Observer, OUTDATED } from "./observer.ts";
import type { IncomingRequest } from "./request.ts";
import type { Resource } from "./resource.ts";

/** The observers of all resources of a server. */
export class Observers {
	readonly list: Observer[] = [];

	/** The entry with the endpoint and the token of `request` (RFC 7641 §4.1). */
	find(request: IncomingRequest): Observer | undefined {
		const list = this.list;
		for (let i = 0; i < list.length; i++) if (list[i]!.is(request)) return list[i];
		return undefined;
	}

	/** That entry, or a new one for it. */
	entry(request: IncomingRequest): Observer {
		const present = this.find(request);
		if (present !== undefined) return present;
		const observer = new Observer();
		this.list.push(observer);
		return observer;
	}

	/** The one at an endpoint whose CON with `messageId` is not acknowledged yet. */
	awaiting(messageId: number, from: Readonly<Endpoint>): Observer | undefined {
		const list = this.list;
		for (let i = 0; i < list.length; i++)
			if (list[i]!.transmission.messageId === messageId && list[i]!.at(from)) return list[i];
		return undefined;
	}

	/** Who was confirmed longest ago; undefined when there is none. */
	oldest(): Observer | undefined {
		const list = this.list;
		let oldest = list[0];
		for (let i = 1; i < list.length; i++) if (list[i]!.confirmBy < oldest!.confirmBy) oldest = list[i]!;
		return oldest;
	}

	/** The one at an endpoint that was sent `messageId` of late. */
	told(messageId: number, from: Readonly<Endpoint>): Observer | undefined {
		const list = this.list;
		for (let i = 0; i < list.length; i++) if (list[i]!.at(from) && list[i]!.remembers(messageId)) return list[i];
		return undefined;
	}

	/** How many CON to an endpoint are not acknowledged yet. */
	underWay(endpoint: Readonly<Endpoint>): number {
		const list = this.list;
		let count = 0;
		for (let i = 0; i < list.length; i++) if (list[i]!.transmission.messageId >= 0 && list[i]!.at(endpoint)) count++;
		return count;
	}

	/** Of a resource, those that asked for `path`. */
	of(resource: Resource, path: string): Observer[] {
		return this.list.filter((observer) => observer.resource === resource && observer.path === path);
	}

	/** When time has something to say to one of them; Infinity when never. */
	get deadline(): number {
		const list = this.list;
		let deadline = Infinity;
		for (let i = 0; i < list.length; i++) {
			const observer = list[i]!;
			if (observer.confirmBy < deadline) deadline = observer.confirmBy;
			if (observer.transmission.deadline < deadline) deadline = observer.transmission.deadline;
			if (observer.conditions !== undefined) deadline = Math.min(deadline, observer.conditions.deadline);
		}
		return deadline;
	}

	/** Time has passed; returns those that have to go, since no ACK came from them (RFC 7641 §4.5). */
	expire(now: number, parameters: ObserveParameters): Observer[] {
		return this.list.filter((observer) => {
			if (observer.confirmBy <= now) observer.confirm(now + parameters.confirmInterval);
			if (observer.conditions?.expire(observer.told, now)) observer.version = OUTDATED;
			return observer.transmission.deadline <= now && !observer.transmission.expire(parameters);
		});
	}

	remove(observer: Observer): void {
		this.list.splice(this.list.indexOf(observer), 1);
	}
}
