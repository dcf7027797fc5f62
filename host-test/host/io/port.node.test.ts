// SPDX-License-Identifier: MIT
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort, Listener, portTaken, type Transport, UDP } from "../../../host/io/index.ts";

const LOOPBACK = "127.0.0.1";

/** Takes a port of all interfaces; it is given back after the test. */
const takers: Record<Transport, (port: number) => { close(): void }> = {
	tcp: (port) => new Listener({ port }),
	udp: (port) => new UDP({ port }),
};

for (const transport of ["tcp", "udp"] as const)
	describe(`${transport} ports`, () => {
		test("a port is taken from when something listens on it until that is closed", async () => {
			const port = await freePort(transport, 0, LOOPBACK);
			expect(await portTaken(transport, port, LOOPBACK)).toBe(false);
			const taker = takers[transport](port);
			onTestFinished(() => taker.close());
			expect(await portTaken(transport, port, LOOPBACK)).toBe(true);
			taker.close();
			expect(await portTaken(transport, port, LOOPBACK)).toBe(false);
		});

		test("the next free port is found after one that is taken", async () => {
			const port = await freePort(transport, 0, LOOPBACK);
			const taker = takers[transport](port);
			onTestFinished(() => taker.close());
			const next = await freePort(transport, port, LOOPBACK);
			expect(next).toBeGreaterThan(port);
			expect(await portTaken(transport, next, LOOPBACK)).toBe(false);
		});

		test("a free port is taken as it is", async () => {
			const port = await freePort(transport, 0, LOOPBACK);
			expect(await freePort(transport, port, LOOPBACK)).toBe(port);
		});

		test("an address of another machine is refused, not called taken", async () => {
			await expect(portTaken(transport, 5683, "192.0.2.1")).rejects.toThrow(/EADDRNOTAVAIL/);
		});

		test("a port that cannot be is refused", async () => {
			await expect(portTaken(transport, 65536, LOOPBACK)).rejects.toThrow(/expected a port/);
			await expect(freePort(transport, 65536, LOOPBACK)).rejects.toThrow(/expected a free port from 65536/);
		});
	});
