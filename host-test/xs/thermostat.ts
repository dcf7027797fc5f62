// SPDX-License-Identifier: MIT
// What thermostat.node.test.ts runs on XS: the application that is flashed, on a board whose room has the temperature it is told.
import type { BoardWith } from "../../src/board.ts";
import thermostat, { needs } from "../../src/main.ts";
import { run } from "../../src/run.ts";
import { expose, log, platform } from "./platform.ts";

let temperature = 22.5;

const board: BoardWith<typeof needs> = {
	thermometer: { configure() {}, sample: () => ({ temperature }) },
	led: { write: (value) => log(`led ${value}`) },
	button: { read: () => 0 },
	extras: {},
};

expose("start", (mqttPort: number, coapPort: number) => {
	const running = run(thermostat(board), platform, {
		mqtt: { host: "localhost", port: mqttPort },
		coap: { port: coapPort },
		onEvent: (event) => log(JSON.stringify(event)),
	});
	expose("stop", () => running.stop(() => log("stopped")));
});
expose("warm", (to: number) => {
	temperature = to;
});
expose("press", () => board.button.onPressed?.());
