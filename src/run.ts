// SPDX-License-Identifier: MIT
import { Alarm, DatagramDriver, type Platform, StreamDriver, type StreamMachine } from "./drive/index.ts";
import { type BrokerAddress, brokerUrl, type MqttErrorCode } from "./mqtt/index.ts";
import { CoapFace, MqttFace, type Thing, type Value } from "./thing/index.ts";

/** What happens to a running thing, for logs and pages. */
export type ThingEvent =
	| { type: "connected"; broker: string }
	/** `retry`: milliseconds until the next attempt, when there is one. */
	| { type: "disconnected"; broker: string; code: MqttErrorCode; reason: string; retry?: number }
	| { type: "change"; property: string; value: Value }
	| { type: "command"; via: "mqtt" | "coap"; property: string; payload: string; error?: string }
	| { type: "error"; where: string; message: string };

export interface RunOptions {
	/** The broker; without one the thing has no MQTT. */
	mqtt?: BrokerAddress;
	/** What puts WebSocket frames between MQTT and a socket; needed, and flashed, only for a broker at ws:// or wss://. */
	webSocket?: new (
		machine: StreamMachine,
		random: () => number,
	) => StreamMachine;
	/** The UDP port to answer on, RFC 7252 §6.1: 5683; without one the thing has no CoAP. */
	coap?: { port: number };
	onEvent?(event: ThingEvent): void;
}

/** A thing that runs: `stop` says `offline`, ends both protocols, and calls `done` when the broker knows or does not answer. */
export interface Running {
	stop(done: () => void): void;
}

/** Runs a thing on a platform: its sensors sampled, its state on MQTT and CoAP. Throws when the CoAP port cannot be had, or the broker cannot be spoken to. */
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
	let coap: DatagramDriver | undefined;
	if (options.coap) {
		const face = new CoapFace(thing, { random, onError: fail("coap"), onCommand: command("coap") });
		coap = new DatagramDriver(face.server, platform, options.coap.port, fail("coap"));
	}

	let mqtt: MqttFace | undefined;
	let stopping = false;
	let waiting: (() => void)[] = [];
	if (options.mqtt) {
		const broker = brokerUrl(options.mqtt);
		mqtt = new MqttFace(thing, {
			...options.mqtt,
			random,
			onConnected: () => emit({ type: "connected", broker }),
			onDisconnected: ({ code, message }) => {
				const retry = stopping ? undefined : Math.round(mqtt!.client.deadline - platform.now());
				// Another version, or another broker, is tried at once: nobody needs to do anything.
				if (code === "CONNECTION_REFUSED" && Number(retry) <= 0) return;
				emit({ type: "disconnected", broker, code, reason: message, retry });
				if (stopping) stopped();
			},
			onError: fail("mqtt"),
			onCommand: command("mqtt"),
		});
		const { client } = mqtt;
		new StreamDriver(options.webSocket ? new options.webSocket(client, random) : client, platform);
		mqtt.client.connect(platform.now());
	}

	const sampling = new Alarm(platform, { ring: sample });
	function sample(now: number): void {
		thing.expire(now);
		sampling.arm(thing.deadline);
	}
	sample(platform.now());

	function stopped(): void {
		mqtt = undefined;
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
				mqtt?.close(platform.now());
			}
			if (!mqtt) stopped();
		},
	};
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
