// SPDX-License-Identifier: MIT
// Observing over TCP (RFC 7641, RFC 8323 appendix A): what is sent arrives, in order, so each observer only has to be told the newest state.
import type { Backend } from "./backend.ts";
import * as Code from "./code.ts";
import { NON } from "./message.ts";
import { type Observer, OUTDATED } from "./observer.ts";
import { Observers } from "./observers.ts";
import type { IncomingRequest } from "./request.ts";
import type { Resource } from "./resource.ts";

/** The observers at the other end of a connection: call `next` while it has notifications. */
export class TcpObservers {
	private readonly observers = new Observers();
	private readonly list = this.observers.list;
	private readonly backend: Backend;
	private readonly most: number;
	/** Called when there may be a notification again. */
	private readonly ready: () => void;
	private sequence = 0;

	/** At most `most` of them. */
	constructor(backend: Backend, most: number, ready: () => void) {
		this.backend = backend;
		this.most = most;
		this.ready = ready;
	}

	/** The number that the response to a registration carries, or -1 when there is no room for it. */
	admit(request: IncomingRequest): number {
		return this.list.length < this.most || this.observers.find(request) !== undefined ? this.sequence : -1;
	}

	/** Adds or replaces the entry of who was admitted. */
	register(request: IncomingRequest, now: number): Observer {
		const observer = this.observers.entry(request);
		const before: Resource | undefined = observer.resource;
		observer.assign(request, this.backend.responder.writer, now);
		observer.nextNon = now + observer.interval;
		if (before !== undefined) this.backend.count(before, -1);
		this.backend.count(observer.resource, 1);
		this.sequence = (this.sequence + 1) & 0xffffff;
		return observer;
	}

	/** Removes the entry with the token of a request that asks for it (RFC 7641 §3.6). */
	deregister(request: IncomingRequest): void {
		const observer = this.observers.find(request);
		if (observer !== undefined) this.remove(observer);
	}

	/** The connection is gone. */
	clear(): void {
		while (this.list.length > 0) this.remove(this.list[0]!);
	}

	/** Whether somebody observes `resource`; those of it at `path`, if there is one, have to be told. */
	changed(resource: Resource, path?: string): boolean {
		let any = false;
		for (const observer of this.list) {
			if (observer.resource !== resource || (path !== undefined && observer.path !== path)) continue;
			if (path !== undefined) observer.version = OUTDATED;
			any = true;
		}
		return any;
	}

	/** When `expire` wants to be called; Infinity when never. */
	get deadline(): number {
		let deadline = Infinity;
		for (const { conditions } of this.list)
			if (conditions !== undefined) deadline = Math.min(deadline, conditions.deadline);
		return deadline;
	}

	expire(now: number): void {
		for (const observer of this.list) if (observer.conditions?.expire(observer.told, now)) observer.version = OUTDATED;
	}

	/** The next notification, a NON datagram that stays as it is until the next call; undefined when everybody knows what he may. */
	next(now: number): Uint8Array | undefined {
		for (const observer of this.list) {
			if (observer.version === observer.resource.version || observer.conditions?.holds(observer.told, now)) continue;
			const datagram = this.notify(observer);
			observer.nextNon = now + observer.interval;
			if (datagram !== undefined) return datagram;
		}
		return undefined;
	}

	private notify(observer: Observer): Uint8Array | undefined {
		const { responder } = this.backend;
		const { resource } = observer;
		const { version } = resource;
		const { sequence } = this;
		const text = observer.promised === undefined ? responder.ask(observer) : responder.recall(observer);
		resource.version = version; // What a GET handler announces of its own resource is not news.
		observer.version = version;
		let datagram = text === undefined ? undefined : observer.notification.write(NON, 0, sequence, text);
		if (datagram === undefined) {
			if (responder.promise !== undefined) {
				observer.await(responder.promised(), this.ready);
				return undefined;
			}
			if (text === undefined) datagram = responder.write(NON, 0, observer, sequence);
			else datagram = responder.tell(NON, 0, observer, sequence, text);
			observer.outrun();
			if (Code.classOf(responder.code) !== 2) this.remove(observer); // RFC 7641 §4.2
		}
		this.sequence = (sequence + 1) & 0xffffff;
		return datagram;
	}

	private remove(observer: Observer): void {
		this.observers.remove(observer);
		this.backend.count(observer.resource, -1);
	}
}
