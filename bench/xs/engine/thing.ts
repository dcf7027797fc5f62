// SPDX-License-Identifier: MIT
import { run } from "../../../src/run.ts";
import { type Definitions, Thing } from "../../../src/thing/index.ts";
import { accept, answer } from "./broker.ts";
import { observe } from "./coap.ts";
import { mock, platform, rings } from "./mock.ts";
import { acknowledgement } from "./packets.ts";

const CLIENT = 50_000;

/** Runs a thing with MQTT and CoAP; the broker has accepted it. */
export function start(properties: Definitions): void {
	const thing = new Thing({ id: "thermostat-123", topic: "home/livingroom/thermostat", properties });
	run(thing, platform, { mqtt: { host: "192.0.2.1", port: 1883 }, coap: { port: 5683 } });
	accept();
}

export const operations: Record<string, () => () => void> = {
	"one sample to both: QoS 1 with its PUBACK, one observer, CON"() {
		let temperature = 22.5;
		const sample = () => {
			temperature = temperature === 22.5 ? 23.5 : 22.5;
			return temperature;
		};
		start({ temperature: { type: "number", multipleOf: 0.1, deadband: 0.2, interval: 1, sample } });
		observe(mock.udp, CLIENT);
		const ack = acknowledgement(CLIENT);
		return () => {
			rings();
			answer(mock.tcp);
			// One notification in five is a CON.
			if (mock.udp.written.bytes[0]! >> 4 === 4) mock.udp.receives(ack.answering(mock.udp.written.bytes));
		};
	},
};
