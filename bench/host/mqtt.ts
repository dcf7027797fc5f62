// SPDX-License-Identifier: MIT
import { Mosquitto } from "../../host-test/support/processes.ts";
import { Child } from "./child.ts";
import type { Comparison } from "./codecs.ts";
import { median, ratio } from "./ratio.ts";

const ROUNDS = 7;
const MESSAGES = 20_000;

/** A line of log for each packet would be what is measured. */
const QUIET = ["log_type none", "log_type information", "log_type notice"];

/** Messages a second to the same broker, of two clients in turns. */
export async function compareClients(): Promise<Comparison[]> {
	const broker = await Mosquitto.start(...QUIET);
	const clients = ["katydid", "MQTT.js"].map((kind) => new Child("mqtt-client.ts", kind, String(broker.port)));
	const comparisons: Comparison[] = [];
	for (const qos of [0, 1]) {
		const rates: [number[], number[]] = [[], []];
		// The first round is not counted.
		for (let round = -1; round < ROUNDS; round++) {
			for (const [i, client] of clients.entries()) {
				const rate = await client.ask<number>("publish", qos, MESSAGES);
				if (round >= 0) rates[i]!.push(rate);
			}
		}
		const [ours, theirs] = rates;
		const name = qos ? "QoS 1, 20 in flight, MQTT.js" : "QoS 0, MQTT.js";
		comparisons.push({ name, ours: median(ours), theirs: median(theirs), ratio: ratio(ours, theirs) });
	}
	for (const client of clients) client.stop();
	await broker.remove();
	return comparisons;
}
