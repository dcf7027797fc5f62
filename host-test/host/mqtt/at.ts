// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, onTestFinished } from "vitest";
import { type EmbeddedBroker, startBroker } from "../../../host/broker.ts";
import { type ConnectOptions, connect, type MqttClient, type MqttError } from "../../../host/index.ts";
import { freePort } from "../../support/processes.ts";

/** Where brokers are. */
export interface At {
	/** A broker of the test's own. */
	url: string;
	/** A port where nobody listens. */
	nowhere: string;
	/** A client that is connected, and closed with the test. */
	connected(options?: ConnectOptions): Promise<MqttClient>;
}

/** A broker for each test, which ends with it. */
export function useBroker(): At {
	let broker: EmbeddedBroker;
	const at: At = {
		url: "",
		nowhere: "",
		async connected(options) {
			const client = await connect(at.url, options);
			onTestFinished(async () => void (await client.close()));
			return client;
		},
	};
	beforeEach(async () => {
		const port = await freePort("tcp");
		broker = await startBroker("127.0.0.1", port);
		at.url = `mqtt://127.0.0.1:${port}`;
		at.nowhere = `mqtt://127.0.0.1:${await freePort("tcp")}`;
	});
	afterEach(() => broker.close());
	return at;
}

/** What a promise that is not to be fulfilled rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<MqttError> {
	return promise.then(
		(value) => expect.fail(`it was fulfilled with ${value}`),
		(reason: MqttError) => reason,
	);
}
