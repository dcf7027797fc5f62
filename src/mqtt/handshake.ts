// SPDX-License-Identifier: MIT
import { FormatError, type Reader } from "../wire/index.ts";
import { type Capabilities, capabilities } from "./capabilities.ts";
import { type ConnAck, parseConnAck } from "./connack.ts";
import { type Connect, writeConnect } from "./connect.ts";
import { type Disconnect, parseAuth, writeAuth } from "./disconnect.ts";
import { MqttError } from "./mqtt-error.ts";
import { AUTH, CONNACK } from "./packet-type.ts";
import { propertiesSizeAtMost } from "./properties.ts";
import type { Properties } from "./property.ts";
import * as Reason from "./reason-code.ts";
import { connectFor, type Settings } from "./settings.ts";
import type { TransmitBuffer } from "./transmit-buffer.ts";
import { V3_1_1, V5, type Version } from "./version.ts";

/** How a connection begins, and who the two are: CONNECT, CONNACK and AUTH (§3.1, §3.2, 5.0 §4.12). */
export class Handshake {
	/** The broker keeps a session that this client knows nothing of, or must not; the next CONNECT makes it forget. */
	discarding = false;
	/** What CONNACK said when it refused. */
	refusal: ConnAck | undefined = undefined;
	private connect: Connect;
	private version: Version = V5;
	/** An AUTH for which there was no room yet. */
	waiting: Disconnect | undefined = undefined;
	/** The identifier that a broker assigned: it names the session from then on. */
	private clientId: string;
	private readonly settings: Settings;
	private readonly out: TransmitBuffer;

	constructor(settings: Settings, out: TransmitBuffer) {
		this.settings = settings;
		this.connect = settings.connect;
		this.clientId = settings.connect.clientId;
		this.out = out;
	}

	/** Whether this connection is made only so that the broker forgets: 3.1.1 cannot begin anew a session that is kept. */
	get provisional(): boolean {
		const wanted = this.settings.connect.properties?.sessionExpiryInterval !== undefined;
		return this.discarding && wanted && this.version === V3_1_1;
	}

	/** Writes CONNECT; `held`: we have a session that the broker may have, too. Throws MqttError when the authentication cannot begin. */
	begin(version: Version, held: boolean): void {
		const { connect } = this.settings;
		this.version = version;
		const clean = this.discarding || (connect.cleanStart && !held);
		this.discarding = clean;
		this.waiting = undefined;
		try {
			this.connect = connectFor(this.settings, version, this.clientId, clean);
			writeConnect(this.out, this.connect);
		} catch (thrown) {
			throw failed(thrown); // the options alone were tried before
		}
	}

	/**
	 * A packet came before the connection was accepted: returns what the broker can do when it is now, the reason when it is refused,
	 * undefined when the two go on. Throws FormatError.
	 */
	receive(type: number, reader: Reader): { broker: Capabilities; sessionPresent: boolean } | MqttError | undefined {
		if (type === AUTH && this.settings.authentication !== undefined) {
			this.authenticate(parseAuth(reader));
			return undefined;
		}
		if (type !== CONNACK) throw new FormatError("unexpected packet", 0); // [MQTT-3.2.0-1]
		// A broker of 3.1.1 refuses in its own form.
		const version = this.version === V5 && reader.end - reader.at === 2 ? V3_1_1 : this.version;
		const connack = parseConnAck(reader, version);
		const { reasonCode, sessionPresent, properties } = connack;
		if (reasonCode !== Reason.SUCCESS) {
			this.refusal = connack;
			const name = properties?.reasonString ?? Reason.reasonCodeName(reasonCode, CONNACK, version);
			return new MqttError("CONNECTION_REFUSED", name, reasonCode, undefined, properties);
		}
		if (version !== this.version) throw new FormatError("truncated", reader.end);
		if (this.settings.authentication !== undefined) this.prove(properties);
		const broker = capabilities(this.connect, connack);
		this.clientId = broker.clientId;
		this.connect = this.settings.connect;
		return { broker, sessionPresent };
	}

	/** An AUTH came, now or, after `reauthenticate`, in a connection. Throws FormatError, and MqttError for what the method refuses. */
	authenticate({ reasonCode, properties }: Disconnect): void {
		const authentication = this.settings.authentication;
		if (authentication === undefined || reasonCode === Reason.REAUTHENTICATE)
			throw new FormatError("unexpected packet", 0);
		if (reasonCode === Reason.SUCCESS) {
			this.prove(properties);
			return;
		}
		this.sameMethod(properties);
		let data: Uint8Array | undefined;
		try {
			data = authentication.onContinue(properties?.authenticationData);
		} catch (thrown) {
			throw failed(thrown);
		}
		this.write(Reason.CONTINUE_AUTHENTICATION, data); // [MQTT-4.12.0-3]
	}

	/** Begins to authenticate again (5.0 §4.12.1); false without a method [MQTT-4.12.0-7]. Throws MqttError on data that fit no packet. */
	reauthenticate(): boolean {
		const { authentication } = this.settings;
		if (authentication === undefined) return false;
		this.write(Reason.REAUTHENTICATE, authentication.start?.());
		return true;
	}

	/** Writes the AUTH that waits; false when there is no room yet. */
	flush(): boolean {
		const packet = this.waiting;
		if (packet === undefined) return true;
		if (authSizeAtMost(packet.properties!) > this.out.urgentRoom) return false;
		this.waiting = undefined;
		writeAuth(this.out, packet);
		return true;
	}

	private write(reasonCode: number, data: Uint8Array | undefined): void {
		const authenticationMethod = this.settings.authentication!.method; // [MQTT-4.12.0-5]
		const properties: Properties = { authenticationMethod };
		if (data !== undefined) properties.authenticationData = data;
		const size = authSizeAtMost(properties);
		const most = this.settings.maximumPacketSize;
		if (size > most) throw failed(`expected an AUTH of at most ${most} bytes, got ${size}`);
		this.waiting = { reasonCode, properties };
		this.flush();
	}

	/** The broker says that we are authenticated: the method may want a proof of its own. */
	private prove(properties: Properties | undefined): void {
		this.sameMethod(properties);
		try {
			this.settings.authentication!.onSuccess?.(properties?.authenticationData);
		} catch (thrown) {
			throw failed(thrown);
		}
	}

	private sameMethod(properties: Properties | undefined): void {
		const method = properties?.authenticationMethod;
		if (method !== this.settings.authentication!.method) throw new FormatError("property value", 0); // [MQTT-4.12.0-5]
	}
}

/** The size of an AUTH, in bytes, and not more. */
function authSizeAtMost(properties: Properties): number {
	return 6 + propertiesSizeAtMost(properties);
}

function failed(thrown: unknown): MqttError {
	const message = `the authentication failed: ${thrown}`;
	return new MqttError("AUTHENTICATION_FAILED", message, Reason.NOT_AUTHORIZED, thrown);
}
