// SPDX-License-Identifier: MIT
import { Client, type MqttError } from "../../src/mqtt/index.ts";
import { V5 } from "../../src/mqtt/version.ts";
import { contentsOf } from "./client-contents.ts";
import { Deliveries } from "./deliveries.ts";
import { type Flash, keysOf, Power, SteppedFlash, StoreFailure, WatchedStore } from "./power.ts";
import type { Schedule } from "./power-schedule.ts";
import { seeded } from "./random.ts";
import { SessionBroker, topicOf } from "./session-broker.ts";

const QUIET = 5000;

/**
 * A device, its broker and another client, which publish to each other while the power is cut, the connection breaks and the broker loses its session.
 * `run` throws when anything is not as MQTT promises.
 */
export class PowerWorld {
	readonly power = new Power();
	/** How often each kind of fault came about. */
	readonly faults = { cut: 0, loss: 0, break: 0, failure: 0 };
	readonly deliveries = new Deliveries();
	private readonly schedule: Schedule;
	private readonly random: () => number;
	private readonly flash: Flash;
	private readonly broker: SessionBroker;
	client!: Client;
	private store: WatchedStore | undefined;
	/** The keys of what was kept before the client was told what it is being told, of a session that is new to it perhaps. */
	private keys: string | undefined;
	/** Milliseconds. */
	now = 0;
	/** The broker is back then. */
	private away = 0;
	private target: unknown;
	private draining = false;
	/** Bytes on their way to the broker. */
	private up: Uint8Array[] = [];
	private remaining: { up: number; down: number; cuts: number; losses: number; breaks: number; failures: number };
	private life = 0;

	constructor(schedule: Schedule) {
		this.schedule = schedule;
		this.random = seeded(schedule.seed);
		this.flash = schedule.flash ?? new SteppedFlash();
		this.broker = new SessionBroker(schedule.version);
		const { messages, cuts = 0, losses = 0, breaks = 0, failures = 0, cutAt } = schedule;
		this.remaining = { up: messages, down: messages, cuts, losses, breaks, failures };
		this.broker.tolerant = failures > 0;
		if (cutAt !== undefined) this.power.cutAt = cutAt;
	}

	/** Plays the schedule, and then looks. Throws Error, with what is needed to play it again. */
	run(): this {
		try {
			this.play();
			this.deliveries.check(this.broker.arrived);
		} catch (error) {
			const { flash, options, ...schedule } = this.schedule;
			throw new Error(`schedule ${JSON.stringify(schedule)}: ${(error as Error).message}`, { cause: error });
		}
		return this;
	}

	private play(): void {
		this.alive(() => this.boot());
		for (let turn = 0; this.remaining.up + this.remaining.down > 0; turn++) {
			if (turn > QUIET + 50 * this.schedule.messages) throw new Error("expected the messages to be taken");
			this.alive(() => this.turn());
		}
		this.power.cutAt = Number.POSITIVE_INFINITY;
		for (let turn = 0; !(this.client.connected && this.client.idle && this.broker.idle); turn++) {
			if (turn > QUIET) throw new Error(`expected quiet, got ${contentsOf(this.client)}`);
			this.alive(() => {
				this.toBroker(1000);
				this.toClient(1000);
				if (this.up.length === 0 && this.client.deadline < Number.POSITIVE_INFINITY) this.passes(1000);
			});
		}
		const contents = contentsOf(this.client);
		if (contents !== "") throw new Error(`expected nothing left in memory, got ${contents}`);
		this.flash.reboot();
		const left = keysOf(this.flash.open(new Power()));
		if (`${left}` !== "0") throw new Error(`expected the session's marker in the store, got ${left}`);
	}

	/** Does something as long as there is power; without, the device starts again from what it kept. */
	private alive(what: () => void): void {
		try {
			what();
			if (!this.power.dead) return;
		} catch (error) {
			if (!this.power.dead) throw error;
		}
		this.faults.cut++;
		this.deliveries.cut(this.client, this.store?.deleting);
		// What the network has is delivered up to some byte.
		this.power.dead = false;
		this.power.cutAt = Number.POSITIVE_INFINITY;
		if (this.random() < 0.5) this.toBroker(Math.floor(this.random() * 100));
		this.flash.reboot();
		// A client that has changed what it keeps knew of the new session.
		if (this.keys !== undefined && this.keys !== `${keysOf(this.flash.open(new Power()))}`) this.broker.fragile = false;
		this.keys = undefined;
		this.hangUp();
		this.flash.reboot();
		this.alive(() => this.boot());
	}

	private boot(): void {
		const { power, schedule, deliveries } = this;
		const life = ++this.life;
		const cutShort = this.store?.putting;
		this.store = new WatchedStore(this.flash.open(power), () => this.fails());
		if (cutShort !== undefined && this.store.has(cutShort)) deliveries.unseen(this.broker.payloadOf(cutShort));
		const living = () => !power.dead && life === this.life;
		this.client = new Client({
			host: "broker",
			clientId: "device",
			protocol: schedule.version === V5 ? "5.0" : "3.1.1",
			random: this.random,
			cleanStart: false,
			maximumInFlight: 4,
			receiveMaximum: 4,
			reconnect: { minimum: 10, maximum: 100, stable: 1000 },
			...schedule.options,
			store: this.store,
			onMessage: ({ payload }) => {
				if (!living()) return;
				deliveries.delivered(new TextDecoder().decode(payload));
				if (this.random() < 0.2) this.publish();
			},
			onDisconnected: ({ code, message }) => {
				if (living() && code === "BROKEN_FORMAT") throw new Error(message);
			},
			onError: (error) => living() && this.told(error),
		});
		this.client.wake = () => this.settle();
		this.client.subscribe("#", 2);
		for (let count = life === 1 ? (schedule.offline ?? 0) : 0; count > 0; count--) this.publish();
		this.client.connect(this.now);
	}

	private told(error: MqttError): void {
		if (error.code !== "DROPPED") throw error;
		this.deliveries.dropped(/"t\/(.*?)"/.exec(error.message)![1]!);
	}

	private turn(): void {
		const { random, remaining } = this;
		const kind = random();
		if (kind < 0.16) this.publish();
		else if (kind < 0.3) this.publishBack();
		else if (kind < 0.6) this.toBroker(1 + Math.floor(random() * 60));
		else if (kind < 0.9) this.toClient(1 + Math.floor(random() * 60));
		else if (kind < 0.94) this.passes(random() * (this.schedule.pace ?? 100));
		else if (kind < 0.96 && remaining.breaks > 0 && this.target !== undefined) {
			remaining.breaks--;
			this.faults.break++;
			this.away = this.now + random() * (this.schedule.outage ?? 0);
			this.breaks();
		} else if (kind < 0.98 && remaining.losses > 0 && this.broker.session !== undefined) {
			remaining.losses--;
			this.faults.loss++;
			this.deliveries.lost(this.broker.session.outgoing.map(({ payload }) => payload));
			this.broker.forget();
			this.broker.fragile = true;
			this.breaks();
		} else if (remaining.cuts > 0 && this.power.cutAt === Number.POSITIVE_INFINITY) {
			remaining.cuts--;
			this.power.cutAt = this.power.steps + Math.floor(random() * 150);
		}
	}

	private publish(): void {
		if (this.remaining.up === 0) return;
		const qos = this.random() < 0.4 ? 1 : 2;
		const payload = `${qos}.${this.deliveries.count++}`;
		this.deliveries.publishing(payload);
		let taken = false;
		try {
			taken = this.client.publish(topicOf(payload), payload, { qos });
		} catch (error) {
			if (!(error instanceof StoreFailure)) throw error;
		}
		if (!taken) this.deliveries.refused(payload);
		else if (!this.power.dead) {
			this.remaining.up--;
			this.deliveries.accepted(payload);
		}
	}

	/** Whether the next change of the store fails. */
	private fails(): boolean {
		if (this.remaining.failures === 0 || this.random() > 0.1) return false;
		this.remaining.failures--;
		this.faults.failure++;
		return true;
	}

	private publishBack(): void {
		if (this.remaining.down === 0) return;
		const qos = this.random() < 0.4 ? 1 : 2;
		const payload = `${qos}.${this.deliveries.count++}`;
		if (!this.broker.publish(payload, qos)) return;
		this.remaining.down--;
		this.deliveries.owed(payload);
	}

	/** Moves `most` bytes or fewer to the broker. */
	private toBroker(most: number): void {
		for (let rest = most; rest > 0 && this.up.length > 0; ) {
			const bytes = this.up[0]!;
			const count = Math.min(rest, bytes.length);
			if (count === bytes.length) this.up.shift();
			else this.up[0] = bytes.subarray(count);
			this.broker.receive(bytes.subarray(0, count));
			rest -= count;
		}
	}

	/** Moves `most` bytes or fewer to the client. */
	private toClient(most: number): void {
		for (let rest = most; rest > 0 && this.target !== undefined; ) {
			const bytes = this.broker.take(rest);
			if (bytes === undefined) return;
			rest -= bytes.length;
			this.keys = `${keysOf(this.store!)}`;
			for (let at = 0; at < bytes.length && this.target !== undefined; ) {
				const room = this.client.input.room(bytes.length - at);
				room.set(bytes.subarray(at, at + room.length));
				at += room.length;
				this.client.receive(this.now);
				this.settle();
			}
			this.keys = undefined;
			if (this.client.connected) this.broker.fragile = false;
		}
	}

	private passes(milliseconds: number): void {
		const until = this.now + milliseconds;
		for (let count = 0; this.client.deadline <= until; count++) {
			if (count === 1000) throw new Error("expected the deadline to move on");
			this.now = Math.max(this.now, this.client.deadline);
			this.client.expire(this.now);
			this.settle();
		}
		this.now = until;
	}

	/** The connection breaks; the broker has what came until then. */
	private breaks(): void {
		this.hangUp();
		this.client.closed(this.now);
		this.settle();
	}

	private hangUp(): void {
		this.target = undefined;
		this.up = [];
		this.broker.close();
	}

	/** Drains the client and matches the connection to its target, as a driver does after each call. */
	private settle(): void {
		if (this.draining) return;
		this.draining = true;
		try {
			this.drain();
		} finally {
			this.draining = false;
		}
		if (this.client.target === this.target) return;
		if (this.target !== undefined) {
			this.toBroker(Math.floor(this.random() * 200));
			this.hangUp();
		}
		this.target = this.client.target;
		if (this.target === undefined) return;
		if (this.now >= this.away) this.client.opened(this.now);
		else this.client.closed(this.now);
		this.settle();
	}

	private drain(): void {
		while (this.target !== undefined && this.client.due) {
			const bytes = this.client.transmit(1 + Math.floor(this.random() * 100), this.now);
			if (bytes === undefined) return;
			const taken: number[] = [];
			try {
				for (let at = 0; at < bytes.length; at++) {
					this.power.step();
					taken.push(bytes[at]!);
				}
			} finally {
				this.up.push(Uint8Array.from(taken));
			}
		}
	}
}
