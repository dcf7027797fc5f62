// SPDX-License-Identifier: MIT
import { payloadBytes, Writer } from "../wire/index.ts";
import type { Authentication } from "./authentication.ts";
import { availabilityOf, availabilityWill } from "./availability.ts";
import type { Reconnect } from "./backoff.ts";
import { checkQoS, checkText, checkTopicName, duration, integer } from "./checks.ts";
import { type Connect, type Will, writeConnect } from "./connect.ts";
import type { AvailabilityOptions, ClientOptions, Target, WillOptions } from "./options.ts";
import type { OutboxLimits } from "./outbox.ts";
import type { Properties } from "./property.ts";
import type { Store } from "./store.ts";
import { V3_1_1, V5, type Version } from "./version.ts";

/** Options with every default filled in and every value checked. */
export interface Settings {
	readonly brokers: readonly Target[];
	readonly shuffled: boolean;
	readonly protocol: NonNullable<ClientOptions["protocol"]>;
	/** In the version that is tried first. */
	readonly connect: Connect;
	readonly authentication: Authentication | undefined;
	readonly availability: Required<AvailabilityOptions> | undefined;
	readonly connectTimeout: number;
	readonly connackTimeout: number;
	/** Undefined: it follows from Keep Alive. */
	readonly pingTimeout: number | undefined;
	readonly closeTimeout: number;
	readonly reconnect: Reconnect;
	readonly reconnects: boolean;
	readonly maximumPacketSize: number;
	readonly maximumStreamedSize: number;
	readonly queue: OutboxLimits;
	readonly receiveMaximum: number;
	readonly topicAliasMaximum: number;
	readonly topicAliases: number;
	readonly manualAcknowledgement: boolean;
	readonly store: Store | undefined;
}

/** Checks `options` and fills in the defaults. Throws TypeError or RangeError. */
export function settings(options: ClientOptions): Settings {
	const protocol = options.protocol ?? "auto";
	if (protocol !== "auto" && protocol !== "5.0" && protocol !== "3.1.1") {
		throw new RangeError(`expected protocol to be "auto", "5.0" or "3.1.1", got "${protocol}"`);
	}
	const maximumPacketSize = integer("maximumPacketSize", options.maximumPacketSize ?? 2048, 64, 0xfffffff);
	const receiveMaximum = integer("receiveMaximum", options.receiveMaximum ?? 1024, 1, 0xffff);
	const topicAliasMaximum = integer("topicAliasMaximum", options.topicAliasMaximum ?? 8, 0, 0xffff);
	const streamed = options.maximumStreamedSize ?? maximumPacketSize;
	const maximumStreamedSize = integer("maximumStreamedSize", streamed, maximumPacketSize, 0xfffffff);
	if (options.will !== undefined && options.availability !== undefined) {
		throw new TypeError("expected will or availability, got both");
	}
	const availability = options.availability && availabilityOf(options.availability);
	const will = availability === undefined ? options.will : availabilityWill(availability);
	const connect = connectPacket({ ...options, will }, protocol, {
		maximumStreamedSize,
		receiveMaximum,
		topicAliasMaximum,
	});
	// Written once for nothing: a CONNECT that does not fit throws here and not later.
	writeConnect(new Writer().over(new Uint8Array(maximumPacketSize)), connect);
	return {
		brokers: brokersOf(options),
		shuffled: options.brokerOrder === "shuffled",
		protocol,
		connect,
		authentication: options.authentication,
		availability,
		connectTimeout: duration("connectTimeout", options.connectTimeout ?? 10_000),
		connackTimeout: duration("connackTimeout", options.connackTimeout ?? 10_000),
		pingTimeout: options.pingTimeout === undefined ? undefined : duration("pingTimeout", options.pingTimeout),
		closeTimeout: duration("closeTimeout", options.closeTimeout ?? 2000),
		reconnect: reconnectOf(options.reconnect || {}),
		reconnects: options.reconnect !== false,
		maximumPacketSize,
		maximumStreamedSize,
		queue: {
			messages: integer("maximumQueuedMessages", options.maximumQueuedMessages ?? 64, 1, 0x7fff),
			bytes: integer("maximumQueuedBytes", options.maximumQueuedBytes ?? 8192, 1, 0xfffffff),
			inFlight: integer("maximumInFlight", options.maximumInFlight ?? 16, 1, 0x7fff),
		},
		receiveMaximum,
		topicAliasMaximum,
		topicAliases: integer("topicAliases", options.topicAliases ?? 8, 0, 0xffff),
		manualAcknowledgement: options.manualAcknowledgement ?? false,
		store: options.store,
	};
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
	const minimum = duration("reconnect.minimum", given.minimum ?? 1000);
	const maximum = Math.max(minimum, duration("reconnect.maximum", given.maximum ?? 60_000));
	return {
		minimum,
		maximum,
		refused: Math.max(maximum, duration("reconnect.refused", given.refused ?? 300_000)),
		stable: duration("reconnect.stable", given.stable ?? 30_000),
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
