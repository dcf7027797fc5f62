// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { boardNames } from "../../host/board/folders.ts";
import { Mosquitto, Program, subscribe } from "../support/processes.ts";
import { Simulation } from "../support/simulation.ts";

describe.each(boardNames())("the board %s, simulated", (board) => {
	test("measures the room with its own sensor, and lights its own LED", async () => {
		const broker = await Mosquitto.start();
		const subscriber = await subscribe(broker.port, "home/#");
		const simulation = await Simulation.start(broker.port, "--board", board, "--seed", "7");
		const temperature = await subscriber.output.line(/^home\/livingroom\/thermostat\/temperature /);
		expect(Math.abs(Number(temperature.split(" ")[1]) - 21)).toBeLessThan(2.5);
		const publish = new Program(
			["mosquitto_pub"],
			[
				...["-h", "127.0.0.1", "-p", String(broker.port)],
				...["-t", "home/livingroom/thermostat/light/set", "-m", "true"],
			],
		);
		expect(await publish.ended).toBe(0);
		const lit = await simulation.event("board");
		expect(lit).toMatchObject({ part: "led", value: 1 });
		await simulation.stop();
		await subscriber.stop();
		await broker.remove();
	});
});
