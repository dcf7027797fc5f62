// SPDX-License-Identifier: MIT
import { Alarm, DatagramDriver, type Platform, StreamDriver, type StreamMachine, TimedDriver } from "./drive/index.ts";
import { type BrokerAddress, brokerUrl, type MqttErrorCode } from "./mqtt/index.ts";
import type { Clock, Link, NetworkEvent } from "./network/index.ts";
import { CoapFace, MqttFace, type MqttFaceOptions, type Thing, type Value } from "./thing/index.ts";

/** What happens to a running thing, for logs and pages. */
export type ThingEvent =
	| { type: "connected"; broker: string }
	/** `retry`: milliseconds until the next attempt, when there is one. */
	| { type: "disconnected"; broker: string; code: MqttErrorCode; reason: string; retry?: number }
	| { type: "change"; property: string; value: Value }
	| { type: "command"; via: "mqtt" | "coap"; property: string; payload: string; error?: string }
	| ({ type: "network" } & NetworkEvent)
	| { type: "error"; where: string; message: string };

export interface RunOptions {
	/** The broker, and how it is spoken to; without one the thing has no MQTT. */
	mqtt?: BrokerAddress & Pick<MqttFaceOptions, "protocol" | "keepAlive">;
	/** What puts WebSocket frames between MQTT and a socket; needed, and flashed, only for a broker at ws:// or wss://. */
	webSocket?: new (
		machine: StreamMachine,
		random: () => number,
	) => StreamMachine;
	/**
	 * The UDP port to answer on, RFC 7252 §6.1: 5683; without one the thing has no CoAP. `sequence` is the first Observe number: seconds of a
	 * clock that runs on let clients tell what is newer over a reboot (RFC 7641 §4.4).
	 */
	coap?: { port: number; sequence?: number };
	/** Makes the interface's machine, when the network is not somebody else's: then both protocols run while there is one. */
	network?(onEvent: (event: NetworkEvent) => void): Link;
	/** Set while there is a network; a broker with TLS waits for it. */
	clock?: Clock;
	onEvent?(event: ThingEvent): void;
}

/** A thing that runs: `stop` says `offline`, ends both protocols, leaves the network, and calls `done` when the broker knows or does not answer. */
export interface Running {
	stop(done: () => void): void;
}

/** Runs a thing on a platform: its sensors sampled, its state on MQTT and CoAP. Throws when the CoAP port cannot be had, unless there is no network yet, or the broker cannot be spoken to. */
export function run(thing: Thing, platform: Platform, options: RunOptions): Running {
	const emit = (event: ThingEvent) => {
		try {
			options.onEvent?.(event);
		} catch {
			// Escaping, it would reboot a device; and there is nobody else to tell.
		}
	};
	const fail = (where: string) => (error: unknown) => emit({ type: "error", where, message: messageOf(error) });
	const command = (via: "mqtt" | "coap") => (property: string, payload: string, error?: unknown) =>
		emit({ type: "command", via, property, payload, ...(error !== undefined && { error: messageOf(error) }) });
	if (options.mqtt?.webSocket && !options.webSocket) {
		throw new TypeError(`expected a broker at mqtt:// or mqtts:// without WebSocket, got ${brokerUrl(options.mqtt)}`);
	}
	thing.onError = (error, where) => fail(where)(error);
	thing.observe(({ name, value }) => emit({ type: "change", property: name, value: value! }));
	thing.start();

	const { random } = platform;
	const { network, clock } = options;
	/** There is no network. */
	let offline = network !== undefined;
	let coap: DatagramDriver | undefined;
	const onCoap = { onError: fail("coap"), onCommand: command("coap") };
	const server = options.coap && new CoapFace(thing, { random, sequence: options.coap.sequence, ...onCoap }).server;
	const listen = () => {
		if (server) coap = new DatagramDriver(server, platform, options.coap!.port, fail("coap"));
	};
	if (!offline) listen();

	let mqtt: MqttFace | undefined;
	let stream: StreamDriver | undefined;
	let stopping = false;
	let waiting: (() => void)[] = [];
	if (options.mqtt) {
		const broker = brokerUrl(options.mqtt);
		mqtt = new MqttFace(thing, {
			...options.mqtt,
			random,
			onConnected: () => emit({ type: "connected", broker }),
			onDisconnected: ({ code, message }) => {
				const retry = stopping || offline ? undefined : Math.round(mqtt!.client.deadline - platform.now());
				// Another version, or another broker, is tried at once: nobody needs to do anything.
				if (code === "CONNECTION_REFUSED" && Number(retry) <= 0) return;
				// Without a network it is not wanted; that it was lost has been said.
				if (offline && !stopping && code === "CLOSED") return;
				emit({ type: "disconnected", broker, code, reason: message, retry });
				if (stopping) stopped();
			},
			onError: fail("mqtt"),
			onCommand: command("mqtt"),
		});
		const { client } = mqtt;
		stream = new StreamDriver(options.webSocket ? new options.webSocket(client, random) : client, platform);
		connect();
	}

	function connect(): void {
		if (offline || stopping || (options.mqtt?.tls && clock?.set === false)) return;
		mqtt?.client.connect(platform.now());
	}

	/** There is a network, or another address than before: connections and memberships of before are worth nothing. */
	function online(): void {
		stream?.interrupt(new Error("the address changed"));
		offline = false;
		coap?.close();
		coap = undefined;
		if (stopping) return;
		try {
			listen();
		} catch (error) {
			fail("coap")(error);
		}
		clock?.online(platform.now());
		connect();
	}

	function unreachable(reason: string): void {
		offline = true;
		clock?.offline();
		coap?.close();
		coap = undefined;
		stream?.interrupt(new Error(reason));
		mqtt?.close(platform.now());
	}

	if (clock) {
		clock.onSet = connect;
		new TimedDriver(clock, platform);
	}
	const link = network?.((event) => {
		emit({ type: "network", ...event });
		if (event.state === "up") online();
		else if (event.state === "down") unreachable(event.reason);
	});
	if (link) {
		new TimedDriver(link, platform);
		link.start(platform.now());
	}

	const sampling = new Alarm(platform, { ring: sample });
	function sample(now: number): void {
		thing.expire(now);
		sampling.arm(thing.deadline);
	}
	sample(platform.now());

	function stopped(): void {
		mqtt = undefined;
		link?.close();
		clock?.offline();
		const waited = waiting;
		waiting = [];
		for (const done of waited) done();
	}

	return {
		stop(done) {
			waiting.push(done);
			if (!stopping) {
				stopping = true;
				sampling.arm(Infinity);
				coap?.close();
				if (offline) mqtt = undefined;
				else mqtt?.close(platform.now());
			}
			if (!mqtt) stopped();
		},
	};
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
