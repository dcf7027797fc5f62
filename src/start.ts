// SPDX-License-Identifier: MIT
import makeApp from "app";
import makeBoard from "board";
import config from "mc/config";
import Timer from "timer";
import { parseBroker } from "./mqtt/index.ts";
import { run } from "./run.ts";
import { moddablePlatform } from "./xs/index.ts";

const COAP_PORT = 5683;

/**
 * The module `main` that is flashed: runs the application on the board, and traces each event as a line of JSON. Without `broker` in
 * the configuration the thing answers CoAP alone.
 */
export default function start(): void {
	// An exception that escapes reboots an ESP32, to fail again.
	try {
		const platform = moddablePlatform();
		const board = makeBoard({ ...platform, delay: (milliseconds) => Timer.delay(milliseconds), onError: fail });
		run(makeApp(board), platform, {
			mqtt: config.broker === undefined ? undefined : parseBroker(config.broker),
			coap: { port: Number(config.coapPort ?? COAP_PORT) },
			onEvent: (event) => trace(`${JSON.stringify(event)}\n`),
		});
	} catch (error) {
		fail(error, "start");
	}
}

function fail(error: unknown, where: string): void {
	trace(`${JSON.stringify({ type: "error", where, message: String(error) })}\n`);
}
