// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { Mosquitto, Program, publish, subscribe } from "./processes.ts";

test("mosquitto carries a message to a subscriber, also after it was started again on the same port", async () => {
	const broker = await Mosquitto.start();
	try {
		for (const payload of ["one", "two"]) {
			const subscriber = await subscribe(broker.port, "a/#");
			await publish(broker.port, "a/b", payload);
			expect(await subscriber.output.line(/^a\/b /)).toBe(`a/b ${payload}`);
			await subscriber.stop();
			await broker.stop();
			await broker.start();
		}
	} finally {
		await broker.remove();
	}
});

test("a program that is not there says how to install it", () => {
	expect(() => new Program(["no-such-program"], [])).toThrow(
		"no-such-program is not installed: node host-test/install.js installs it",
	);
});

test("waiting for a line that never comes fails when the program ends, with what it said", async () => {
	const program = new Program(["echo"], ["something else"]);
	await expect(program.output.line(/hello/)).rejects.toThrow("no line like /hello/ until the end, in\nsomething else");
	expect(await program.ended).toBe(0);
});

test("a publication that no broker takes fails", async () => {
	const broker = await Mosquitto.start();
	await broker.remove();
	await expect(publish(broker.port, "a", "b")).rejects.toThrow("mosquitto_pub: Error: Connection refused");
});
