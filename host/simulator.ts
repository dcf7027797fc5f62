// SPDX-License-Identifier: MIT

import { type Configuration, configured, hostNameOf } from "../src/configuration.ts";
import { type BrokerAddress, brokerUrl, parseBroker } from "../src/mqtt/index.ts";
import { run } from "../src/run.ts";
import { withProvisioned } from "../src/runtime/index.ts";
import type { Thing } from "../src/thing/index.ts";
import { WebSocketStream } from "../src/websocket/index.ts";
import { type EmbeddedBroker, startBroker } from "./broker.ts";
import { configurationFor } from "./configuration/layers.ts";
import { loadApp, loadBoard } from "./load.ts";
import { Responder } from "./local/responder.ts";
import { nodePlatform } from "./platform.ts";
import { readSecrets } from "./provision/secrets.ts";
import { seeded } from "./random.ts";
import type { Report } from "./report.ts";
import { applySettings, choosePort } from "./settings.ts";
import { tryLines } from "./try.ts";
import { UsageError } from "./usage-error.ts";
import { version } from "./version.ts";

/** What the simulation serves is for this machine alone. */
const LOOPBACK = "127.0.0.1";

/** How often the virtual world moves, in milliseconds: so coarsely that the same seed gives the same samples. */
const SECOND = 1000;

export interface SimulatorOptions {
	app: string;
	board: string;
	/** Use this broker instead of the embedded one. */
	broker?: string;
	/** The configuration's file, in place of katydid.config.json. */
	config?: string;
	/** What is configured, as `KEY=VALUE`. */
	with?: readonly string[];
	/** A file or pipe with what only the device is to be given, as `katydid provision` gives it to a board. */
	provision?: string;
	mqttPort?: number;
	coapPort?: number;
	/** Whether it is found as NAME.local by other programs of this machine. */
	local?: boolean;
	/** `PROPERTY=VALUE`. */
	set?: readonly string[];
	seed?: number;
}

export interface Simulation {
	/** Publishes `offline`, ends both protocols and the embedded broker. */
	stop(): Promise<void>;
	/** Presses and releases the board's button; false when it has none. */
	press(): boolean;
}

/** Runs an app on a virtual board and tells `report` what happens. Throws UsageError, before anything runs, when the options cannot be. */
export async function simulate(options: SimulatorOptions, report: Report): Promise<Simulation> {
	const seed = options.seed ?? Math.floor(Math.random() * 1e9);
	const platform = nodePlatform(LOOPBACK, seeded(seed));
	const app = await loadApp(options.app);
	const provisioned = options.provision === undefined ? undefined : readSecrets(options.provision);
	const configuration = configured(withProvisioned(await configurationFor(options), provisioned));
	const makeBoard = await loadBoard(options.board, options.app, app.needs);
	const begin = platform.now();
	const { board, press } = makeBoard({
		random: seeded(seed + 1),
		now: () => Math.floor((platform.now() - begin) / SECOND) * SECOND,
		on: (part, value) => report({ type: "board", part, value }),
		onError: (error, where) => report({ type: "error", where, message: (error as Error).message }),
	});
	const thing = appOf(options.app, () => app.default(board as never));
	configure(thing, configuration);
	applySettings(thing, options.set ?? []);

	const coap = await choosePort("udp", LOOPBACK, configuration.coapPort, options.coapPort);
	const { protocol, keepAlive } = configuration;
	const mqtt = { ...(await findBroker(options, configuration)), protocol, keepAlive };
	report({
		type: "start",
		version,
		thing: thing.id,
		board: options.board,
		mqtt: { url: brokerUrl(mqtt), note: mqtt.note },
		coap: { url: `coap://${LOOPBACK}:${coap.port}`, note: coap.note },
		// What was given secretly is not shown.
		try: tryLines(thing, provisioned?.broker === undefined ? mqtt : { ...mqtt, password: undefined }, {
			host: LOOPBACK,
			port: coap.port,
		}),
	});
	const sequence = Math.floor(Date.now() / 1000);
	const running = run(thing, platform, {
		mqtt,
		coap: { ...coap, sequence },
		webSocket: WebSocketStream,
		onEvent: report,
	});
	const responder = options.local ? announce(hostNameOf(configuration, thing.id), thing, coap.port, report) : undefined;
	return {
		async stop() {
			await responder?.close();
			await new Promise<void>((resolve) => running.stop(resolve));
			await mqtt.embedded?.close();
		},
		press,
	};
}

function announce(name: string, { title }: Thing, port: number, report: Report): Responder {
	return new Responder({
		name,
		title,
		address: LOOPBACK,
		port,
		onName: (name, taken) => report({ type: "local", name: `${name}.local`, taken }),
		onError: ({ message }) => report({ type: "error", where: "local", message }),
	});
}

/** Makes the app's thing. Throws UsageError for a mistake in its definition. */
function appOf(name: string, make: () => Thing): Thing {
	try {
		return make();
	} catch (error) {
		if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
		throw new UsageError(`the app ${name} cannot be made: ${error.message}`);
	}
}

function configure(thing: Thing, configuration: Configuration): void {
	try {
		thing.configure(configuration);
	} catch (error) {
		throw new UsageError(`configuration: ${(error as Error).message}`);
	}
}

interface Broker extends BrokerAddress {
	embedded?: EmbeddedBroker;
	note: string;
}

/** The broker that is configured, or an embedded one. */
async function findBroker({ broker: flag, mqttPort }: SimulatorOptions, { broker }: Configuration): Promise<Broker> {
	if (broker !== undefined) {
		const origin = flag === undefined ? "the configured broker" : "--broker";
		if (mqttPort !== undefined)
			throw new UsageError(`--mqtt-port is the embedded broker's: leave it out with ${origin}`);
		try {
			return { ...parseBroker(broker), note: "" };
		} catch (error) {
			throw new UsageError(`${origin}: ${(error as Error).message}`);
		}
	}
	const { port, note } = await choosePort("tcp", LOOPBACK, 1883, mqttPort);
	const embedded = await startBroker(LOOPBACK, port);
	return { host: LOOPBACK, port, embedded, note: note ? `embedded broker; ${note}` : "embedded broker" };
}
