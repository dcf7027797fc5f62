// SPDX-License-Identifier: MIT
import { type BrokerAddress, type ClientOptions, parseBroker, type Store } from "../../src/mqtt/index.ts";
import { FileStore } from "../store/index.ts";
import { unguessable } from "../unguessable.ts";
import type { ReceivedMessage } from "./message.ts";

/** A certificate or key: PEM, as text or as its bytes, or DER. */
type Credential = string | Uint8Array;

/** What the machine has and this client has another word for, or decides itself. */
type Replaced =
	| "host"
	| "port"
	| "tls"
	| "webSocket"
	| "brokers"
	| "protocol"
	| "clientId"
	| "random"
	| "onMessage"
	| "onWritable";

/** What an application says about its client, in the specification's words. Times are milliseconds, but those that are seconds on the wire. */
export interface ConnectOptions extends Omit<ClientOptions, Replaced> {
	/** 5, 4 (which is 3.1.1), or "auto", unless given: 5, and 4 with a broker that does not know it. */
	readonly protocolVersion?: 5 | 4 | "auto";
	/** Empty unless given: the broker chooses one. A session that is kept needs one. */
	readonly clientId?: string;
	/** With mqtts:// and wss://: the authorities to trust; Node's unless given. */
	readonly ca?: Credential;
	/** The certificate that we show, and its chain. */
	readonly cert?: Credential;
	/** The private key of `cert`, not encrypted. */
	readonly key?: Credential;
	/** The name that the broker's certificate must have (SNI); the URL's host unless given. */
	readonly servername?: string;
	/** The application protocols to offer (ALPN), the best first. */
	readonly alpn?: readonly string[];
	/** False believes any broker: for experiments only. */
	readonly rejectUnauthorized?: boolean;
	/** In place of `store`: a file for the session's state, made when it is not there; for one client at a time. */
	readonly storePath?: string;
	/** When it aborts before a broker has accepted us, the client is closed, and `connect` rejects with its reason. */
	readonly signal?: AbortSignal;
	/** 4,096 unless given. */
	readonly maximumQueuedMessages?: number;
	/** 16 MiB unless given. */
	readonly maximumQueuedBytes?: number;
	/** 1 MiB unless given. */
	readonly maximumPacketSize?: number;
	/** Takes messages that are for no handler of a subscription, beside listeners of "message". */
	onMessage?(message: ReceivedMessage): void | PromiseLike<void>;
}

/** What a machine's owner says itself. */
type Callbacks = "onConnected" | "onDisconnected" | "onMessage" | "onWritable" | "onError";

/** Options as the machine has them; and the store that is to be closed with the client, when it is our own. */
export interface Given {
	readonly options: Omit<ClientOptions, Callbacks> & Record<"maximumQueuedMessages" | "maximumQueuedBytes", number>;
	readonly ownStore: FileStore | undefined;
}

const VERSIONS = { 5: "5.0", 4: "3.1.1", auto: "auto" } as const;

/** Where the brokers are, and what the machine is told. Throws TypeError or RangeError, and what the store's file throws. */
export function clientOptions(url: string | readonly string[], given: ConnectOptions): Given {
	const { protocolVersion = "auto", storePath, store } = given;
	if (!Object.hasOwn(VERSIONS, protocolVersion)) {
		throw new RangeError(`expected protocolVersion 5, 4 or "auto", got ${JSON.stringify(protocolVersion)}`);
	}
	if (store !== undefined && storePath !== undefined) throw new TypeError("expected store or storePath, got both");
	const brokers = brokersOf(url, given);
	const { username, password } = credentials(brokers, given);
	const ownStore = storePath === undefined ? undefined : new FileStore(storePath);
	const kept: Store | undefined = ownStore ?? store;
	const options = {
		...given,
		clientId: given.clientId ?? "",
		maximumQueuedMessages: given.maximumQueuedMessages ?? 4096,
		maximumQueuedBytes: given.maximumQueuedBytes ?? 16 << 20,
		maximumPacketSize: given.maximumPacketSize ?? 1 << 20,
		...(username !== undefined && { username }),
		...(password !== undefined && { password }),
		...(kept && { store: kept }),
		brokers,
		protocol: VERSIONS[protocolVersion],
		random: unguessable,
	};
	return { options, ownStore };
}

/** The brokers that the URLs name, with what the options say of TLS. */
function brokersOf(url: string | readonly string[], options: ConnectOptions): BrokerAddress[] {
	const { ca, cert, key, alpn, servername, rejectUnauthorized } = options;
	const brokers = (typeof url === "string" ? [url] : url).map(parseBroker);
	const settings = {
		...(ca !== undefined && { ca }),
		...(cert !== undefined && { certificate: cert }),
		...(key !== undefined && { key }),
		...(alpn !== undefined && { alpn }),
		...(servername !== undefined && { serverName: servername }),
		...(rejectUnauthorized !== undefined && { verify: rejectUnauthorized }),
	};
	if (Object.keys(settings).length > 0 && !brokers.some(({ tls }) => tls)) {
		throw new TypeError(`expected mqtts:// or wss:// with options for TLS, got ${url}`);
	}
	return brokers.map((broker) => (broker.tls ? { ...broker, tls: settings } : broker));
}

/** User and password: the options', else those of the URLs, which must not differ. */
function credentials(
	brokers: BrokerAddress[],
	{ username, password }: ConnectOptions,
): Pick<ConnectOptions, "username" | "password"> {
	const named = brokers.filter((broker) => broker.username !== undefined || broker.password !== undefined);
	const one = named[0];
	if (named.some((other) => other.username !== one!.username || other.password !== one!.password)) {
		throw new TypeError("expected one user and password for all brokers, got several");
	}
	return { username: username ?? one?.username, password: password ?? one?.password };
}
