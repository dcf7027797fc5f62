// SPDX-License-Identifier: MIT
import { type Configuration, type Configured, configured, hostNameOf } from "../configuration.ts";
import type { Chip, ResetReason } from "../device.ts";
import { Alarm, askTime, type Platform, TimedDriver } from "../drive/index.ts";
import { parseBroker } from "../mqtt/index.ts";
import { Clock, Ethernet, type Link, type LinkOptions, Local, type OpenInterface, Wifi } from "../network/index.ts";
import { type Running, type RunOptions, run, type ThingEvent } from "../run.ts";
import { Thing } from "../thing/index.ts";
import { Boots } from "./boots.ts";
import { addHealth } from "./health.ts";
import type { Notebook } from "./notebook.ts";
import { readProvisioned, withProvisioned } from "./provisioned.ts";

/** An application that has run for so long has started, in milliseconds. */
const SURVIVED = 60_000;
/** After so long in safe mode the application is tried again. */
const SAFE_LASTS = 30 * 60_000;

/** The board's way into the network; none where that is somebody else's. */
export interface Way {
	readonly wired: boolean;
	readonly open: OpenInterface;
}

export type DeviceEvent =
	| ThingEvent
	/** The device starts; `failed` starts in a row came to nothing before. */
	| { type: "boot"; reset?: ResetReason; failed: number; crash?: string }
	/** The application is not started: it crashed too often. `retry`: milliseconds until it is tried again. */
	| { type: "safe"; retry?: number }
	/** Others find it by this name, `.local` included; those that it wanted more were `taken`. */
	| { type: "local"; name: string; taken: readonly string[] };

/** What a device is made of. */
export interface DeviceParts {
	readonly platform: Platform;
	readonly notebook: Notebook;
	readonly chip: Chip;
	readonly way: Way | undefined;
	/** What was flashed. */
	readonly configuration: Configuration;
	readonly webSocket?: RunOptions["webSocket"];
	/** Makes the board and the application. */
	makeThing(): Thing;
	say(event: DeviceEvent): void;
}

/** A device that runs. */
export interface Device extends Running {
	/** Told of what escaped from everything: it is noted for the next start. */
	crashed(reason: string): void;
}

/**
 * Runs the application on the device, and keeps it in its network. What the application throws is reported; when it crashed at too many starts
 * in a row, or cannot be made, there is the network alone, for whoever wants to look. Throws nothing.
 */
export function startDevice(parts: DeviceParts): Device {
	const { platform, notebook, chip, say } = parts;
	const reset = chip.resetReason;
	const boots = new Boots(notebook, reset);
	const { failed, crash } = boots;
	say({ type: "boot", ...(reset && { reset }), failed, ...(crash !== undefined && { crash }) });
	boots.begin();
	const fail = (where: string, error: unknown) =>
		say({ type: "error", where, message: error instanceof Error ? error.message : String(error) });

	let provisioned: Configuration | undefined;
	try {
		provisioned = readProvisioned(notebook);
	} catch (error) {
		fail("provision", error);
	}
	const configuration = configured(withProvisioned(parts.configuration, provisioned));

	let link: Link | undefined;
	/** Says in the network that the name is nobody's any more, while there is a network. */
	let leave = () => {};
	const thing = boots.safe ? undefined : make();
	const network = (onEvent: LinkOptions["onEvent"]) => {
		const local = thing && localOf(parts, configuration, thing, fail);
		link = networkOf(parts, configuration, thing?.id ?? "katydid", (event) => {
			onEvent(event);
			if (event.state === "up") local?.online(platform.now());
			else if (event.state === "down") local?.offline();
		});
		leave = () => local?.offline();
		return link;
	};

	function make(): Thing | undefined {
		try {
			const thing = parts.makeThing();
			thing.configure(configuration);
			if (configuration.health) {
				addHealth(thing, {
					uptime: () => platform.now(),
					freeMemory: chip.freeMemory && (() => chip.freeMemory!()),
					RSSI: parts.way && !parts.way.wired ? () => link?.RSSI : undefined,
					resetReason: reset,
					crash,
				});
			}
			return thing;
		} catch (error) {
			fail("start", error);
			return undefined;
		}
	}

	if (boots.safe) safe();
	else new Alarm(platform, { ring: () => boots.survived() }).arm(platform.now() + SURVIVED);

	function safe(): void {
		say({ type: "safe", ...(chip.restart && { retry: SAFE_LASTS }) });
		if (chip.restart) new Alarm(platform, { ring: () => chip.restart!() }).arm(platform.now() + SAFE_LASTS);
	}

	/** Without Wi-Fi networks there is nothing that a socket could be made in. */
	const networked = !parts.way || parts.way.wired || configuration.wifi!.length > 0;
	if (!networked) fail("network", new Error("no Wi-Fi network is known: katydid provision"));

	function brokerOf({ broker, protocol, keepAlive }: Configured): RunOptions["mqtt"] {
		if (broker === undefined || !thing || !networked) return undefined;
		try {
			const address = parseBroker(broker);
			if (address.webSocket && !parts.webSocket) throw new Error("this firmware has no WebSocket");
			return { ...address, protocol, keepAlive };
		} catch (error) {
			fail("broker", error);
			return undefined;
		}
	}

	let running: Running | undefined;
	try {
		running = run(thing ?? new Thing({ id: "katydid", topic: "katydid", properties: {} }), platform, {
			mqtt: brokerOf(configuration),
			// Each start numbers its notifications from further on, so that an observer takes them for newer (RFC 7641 §4.4).
			coap: thing && networked ? { port: configuration.coapPort, sequence: (boots.count << 16) & 0xffffff } : undefined,
			webSocket: parts.webSocket,
			...(parts.way && networked && { network, clock: clockOf(parts, configuration, fail) }),
			onEvent: say,
		});
	} catch (error) {
		fail("start", error);
	}
	return {
		stop(done) {
			leave();
			if (running) running.stop(done);
			else done();
		},
		crashed: (reason) => boots.crashed(reason),
	};
}

function networkOf(parts: DeviceParts, configuration: Configured, id: string, onEvent: LinkOptions["onEvent"]): Link {
	const { wired, open } = parts.way!;
	const { random } = parts.platform;
	const options = { open, hostName: hostNameOf(configuration, id), random, onEvent };
	return wired ? new Ethernet(options) : new Wifi({ ...options, networks: configuration.wifi! });
}

function localOf(
	{ platform, chip, say }: DeviceParts,
	configuration: Configured,
	{ id, title }: Thing,
	fail: (where: string, error: unknown) => void,
): Local | undefined {
	if (!chip.openDNSSD) return undefined;
	const local = new Local({
		name: hostNameOf(configuration, id),
		title,
		port: configuration.coapPort,
		open: () => chip.openDNSSD!(),
		random: platform.random,
		onName: (name, taken) => say({ type: "local", name: `${name}.local`, taken }),
		onError: (error) => fail("local", error),
	});
	new TimedDriver(local, platform);
	return local;
}

function clockOf(
	parts: DeviceParts,
	{ timeServers }: Configured,
	fail: (where: string, error: unknown) => void,
): Clock {
	const { platform, chip } = parts;
	return new Clock({
		servers: timeServers,
		ask: (server, done) => askTime(platform, server, done),
		read: () => chip.readTime(),
		set: (time) => chip.setTime(time),
		random: platform.random,
		onError: (error) => fail("clock", error),
	});
}
