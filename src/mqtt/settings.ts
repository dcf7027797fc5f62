// SPDX-License-Identifier: MIT
import { payloadBytes, Writer } from "../wire/index.ts";
import type { Authentication } from "./authentication.ts";
import { availabilityOf, availabilityWill } from "./availability.ts";
import type { Reconnect } from "./backoff.ts";
import { checkQoS, checkText, checkTopicName, duration, integer } from "./checks.ts";
import { type Connect, type Will, writeConnect } from "./connect.ts";
import type { AvailabilityOptions, ClientOptions, Target, WillOptions } from "./options.ts";
import type { Properties } from "./property.ts";
import type { Store } from "./store.ts";
import { V3_1_1, V5, type Version } from "./version.ts";

/** What options are unless they are given. */
const DEFAULTS = {
	protocol: "auto" as NonNullable<ClientOptions["protocol"]>,
	connectTimeout: 10_000,
	connackTimeout: 10_000,
	closeTimeout: 2000,
	maximumPacketSize: 2048,
	maximumQueuedMessages: 64,
	maximumQueuedBytes: 8192,
	maximumInFlight: 16,
	receiveMaximum: 1024,
	topicAliasMaximum: 8,
	topicAliases: 8,
	manualAcknowledgement: false,
	shuffled: false,
	reconnects: true,
	reconnect: { minimum: 1000, maximum: 60_000, refused: 300_000, stable: 30_000 } as Reconnect,
	/** It follows from Keep Alive. */
	pingTimeout: undefined as number | undefined,
	authentication: undefined as Authentication | undefined,
	availability: undefined as Required<AvailabilityOptions> | undefined,
	store: undefined as Store | undefined,
};

/** The least and the most of those that are integers. */
const INTEGERS = [
	["maximumPacketSize", 64, 0xfffffff],
	["maximumQueuedMessages", 1, 0x7fff],
	["maximumQueuedBytes", 1, 0xfffffff],
	["maximumInFlight", 1, 0x7fff],
	["receiveMaximum", 1, 0xffff],
	["topicAliasMaximum", 0, 0xffff],
	["topicAliases", 0, 0xffff],
] as const;
const DURATIONS = ["connectTimeout", "connackTimeout", "closeTimeout", "pingTimeout"] as const;

/** Options with every default filled in and every value checked. */
export interface Settings extends Readonly<typeof DEFAULTS> {
	readonly brokers: readonly Target[];
	/** In the version that is tried first. */
	readonly connect: Connect;
	readonly maximumStreamedSize: number;
}

/** Checks `options` and fills in the defaults. Throws TypeError or RangeError. */
export function settings(options: ClientOptions): Settings {
	const protocol = options.protocol ?? "auto";
	if (protocol !== "auto" && protocol !== "5.0" && protocol !== "3.1.1") {
		throw new RangeError(`expected protocol to be "auto", "5.0" or "3.1.1", got "${protocol}"`);
	}
	if (options.will !== undefined && options.availability !== undefined) {
		throw new TypeError("expected will or availability, got both");
	}
	const given: Partial<typeof DEFAULTS> = {};
	if (protocol !== "auto") given.protocol = protocol;
	for (const [name, least, most] of INTEGERS) {
		const value = options[name];
		if (value !== undefined) given[name] = integer(name, value, least, most);
	}
	for (const name of DURATIONS) {
		const value = options[name];
		if (value !== undefined) given[name] = duration(name, value);
	}
	if (options.reconnect) given.reconnect = reconnectOf(options.reconnect);
	if (options.reconnect === false) given.reconnects = false;
	if (options.brokerOrder === "shuffled") given.shuffled = true;
	if (options.manualAcknowledgement) given.manualAcknowledgement = true;
	if (options.authentication !== undefined) given.authentication = options.authentication;
	if (options.availability !== undefined) given.availability = availabilityOf(options.availability);
	if (options.store !== undefined) given.store = options.store;

	const { maximumPacketSize, receiveMaximum, topicAliasMaximum } = { ...DEFAULTS, ...given };
	const streamed = options.maximumStreamedSize ?? maximumPacketSize;
	const maximumStreamedSize = integer("maximumStreamedSize", streamed, maximumPacketSize, 0xfffffff);
	const will = given.availability === undefined ? options.will : availabilityWill(given.availability);
	const connect = connectPacket({ ...options, will }, protocol, {
		maximumStreamedSize,
		receiveMaximum,
		topicAliasMaximum,
	});
	// Written once for nothing: a CONNECT that does not fit throws here and not later.
	writeConnect(new Writer().over(new Uint8Array(maximumPacketSize)), connect);
	const settings = { __proto__: DEFAULTS, ...given, brokers: brokersOf(options), connect, maximumStreamedSize };
	// What is not given is the prototype's, which is in flash and takes no memory.
	return settings as typeof settings & Settings;
}

function brokersOf(options: ClientOptions): Target[] {
	const { host, port, tls, webSocket, brokers } = options;
	const given: readonly Partial<Target>[] = brokers ?? [{ host, port, tls, webSocket } as Partial<Target>];
	if (given.length === 0) throw new RangeError("expected a broker, got none");
	return given.map((broker) => {
		if (typeof broker.host !== "string") throw new TypeError(`expected a host, got ${typeof broker.host}`);
		const standard = broker.tls === undefined ? 1883 : 8883;
		return { ...broker, host: broker.host, port: integer("port", broker.port ?? standard, 1, 0xffff) };
	});
}

function reconnectOf(given: Partial<Reconnect>): Reconnect {
	const { reconnect } = DEFAULTS;
	const minimum = duration("reconnect.minimum", given.minimum ?? reconnect.minimum);
	const maximum = Math.max(minimum, duration("reconnect.maximum", given.maximum ?? reconnect.maximum));
	return {
		minimum,
		maximum,
		refused: Math.max(maximum, duration("reconnect.refused", given.refused ?? reconnect.refused)),
		stable: duration("reconnect.stable", given.stable ?? reconnect.stable),
	};
}

type Limits = Pick<Settings, "maximumStreamedSize" | "receiveMaximum" | "topicAliasMaximum">;

function connectPacket(options: ClientOptions, protocol: Settings["protocol"], limits: Limits): Connect {
	const { clientId, username, password, authentication, userProperty } = options;
	const cleanStart = options.cleanStart ?? true;
	const unlessGiven = cleanStart ? 0 : 0xffffffff;
	const expiry = integer("sessionExpiryInterval", options.sessionExpiryInterval ?? unlessGiven, 0, 0xffffffff);
	checkText("clientId", clientId);
	if (clientId === "" && protocol !== "5.0" && (!cleanStart || expiry > 0)) {
		throw new RangeError("expected a clientId for a session that is kept, got none");
	}
	if (username !== undefined) checkText("username", username);
	else if (password !== undefined && protocol !== "5.0") {
		throw new RangeError("expected a username with the password, got none"); // (3) [MQTT-3.1.2-22]
	}
	if (authentication !== undefined) checkText("authentication.method", authentication.method);
	const properties: Properties = { maximumPacketSize: limits.maximumStreamedSize };
	if (expiry !== 0) properties.sessionExpiryInterval = expiry;
	if (limits.receiveMaximum !== 0xffff) properties.receiveMaximum = limits.receiveMaximum;
	if (limits.topicAliasMaximum !== 0) properties.topicAliasMaximum = limits.topicAliasMaximum;
	if (options.requestResponseInformation) properties.requestResponseInformation = 1;
	if (userProperty !== undefined) properties.userProperty = userProperty;
	if (authentication !== undefined) properties.authenticationMethod = authentication.method;
	return {
		version: protocol === "3.1.1" ? V3_1_1 : V5,
		clientId,
		cleanStart,
		keepAlive: integer("keepAlive", options.keepAlive ?? 30, 0, 0xffff),
		username,
		password: password === undefined ? undefined : payloadBytes(password),
		will: options.will && willOf(options.will),
		properties,
	};
}

function willOf(will: WillOptions): Will {
	const { topicName, payload, qos = 0, retain = false, properties } = will;
	checkTopicName(topicName);
	checkQoS(qos);
	return { topicName, payload: payloadBytes(payload), qos, retain, properties };
}

/** The CONNECT of one connection: 3.1.1 asks for a clean session unless the session is to be kept. */
export function connectFor(
	{ connect, authentication }: Settings,
	version: Version,
	clientId: string,
	cleanStart: boolean,
): Connect {
	if (version === V3_1_1) {
		const keeps = connect.properties!.sessionExpiryInterval !== undefined;
		return { ...connect, version, clientId, cleanStart: cleanStart || !keeps };
	}
	const data = authentication?.start?.();
	const properties = data === undefined ? connect.properties : { ...connect.properties, authenticationData: data };
	return { ...connect, version, clientId, cleanStart, properties };
}
