// SPDX-License-Identifier: MIT
import type { ClientOptions, Store } from "../mqtt/index.ts";
import { bytesOf, textOf } from "./byte-buffer.ts";
import type { MQTTClientOptions, Text } from "./options.ts";

/**
 * Stands for what a program before this one knew: an application with `clean: false` takes up a session without having kept
 * anything of it. The client would make the broker forget it.
 */
const UNKNOWN: Store = Object.freeze({
	put() {},
	delete() {},
	entries: (): ReturnType<Store["entries"]> => [[0, Uint8Array.of(1)]],
});

/** The client's options for those of ECMA-419. Throws TypeError or RangeError. */
export function clientOptions(options: MQTTClientOptions, random: () => number): ClientOptions {
	const { host, port, id, user, password, keepAlive, keepalive, clean = true, will, katydid = {} } = options;
	const maximumPacketSize = katydid.maximumPacketSize ?? 2048;
	return {
		protocol: "3.1.1",
		reconnect: false,
		maximumStreamedSize: 0xfffffff,
		maximumQueuedMessages: 256,
		maximumQueuedBytes: Math.max(8192, 2 * maximumPacketSize),
		...(!clean && { store: UNKNOWN }),
		...katydid,
		maximumPacketSize,
		random,
		host,
		...(port !== undefined && { port: Number(port) }),
		clientId: id ?? "",
		cleanStart: clean,
		keepAlive: Math.ceil((keepAlive ?? keepalive ?? 0) / 1000),
		...(user && { username: user }),
		...(password && { password: payloadOf(password) }),
		...(will && {
			will: {
				topicName: textOf(will.topic),
				payload: payloadOf(will.message ?? ""),
				qos: will.QoS ?? 0,
				retain: Boolean(will.retain),
			},
		}),
	};
}

function payloadOf(text: Text): string | Uint8Array {
	return typeof text === "string" ? text : bytesOf(text).slice();
}
