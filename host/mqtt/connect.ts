// SPDX-License-Identifier: MIT
import { MqttClient } from "./client.ts";
import type { ConnectOptions } from "./options.ts";

/**
 * Connects to the broker at `url`, or to one of several: resolves to a client when it was accepted. Until then it tries again and again; with
 * `reconnect: false` it rejects with the reason when the first attempt fails, with `signal` when that aborts.
 */
export async function connect(url: string | readonly string[], options?: ConnectOptions): Promise<MqttClient> {
	const client = new MqttClient(url, options);
	await client.connect();
	return client;
}
