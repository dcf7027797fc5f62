// SPDX-License-Identifier: MIT
import { Server } from "../../src/coap/index.ts";
import { median } from "./ratio.ts";

const ROUNDS = 9;
const REQUESTS = 50_000;

/** What a CoAP server takes for a GET by itself, without driver and socket, in microseconds. */
export function machineTime(): number {
	const server = new Server({ random: Math.random });
	server.resource("time", { get: () => "Nov 23 07:14:33" });
	// CON GET, a token of four bytes, Uri-Path "time".
	const request = Uint8Array.from([0x44, 1, 0, 0, 0xc0, 0xff, 0xee, 0, 0xb4, ...Buffer.from("time")]);
	const from = { address: "127.0.0.1", port: 50_000 };
	const times: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const start = performance.now();
		for (let i = 0; i < REQUESTS; i++) {
			request[2] = i >> 8;
			request[3] = i;
			if (server.receive(request, from, start) === undefined) throw new Error("no answer");
		}
		times.push(((performance.now() - start) * 1000) / REQUESTS);
	}
	return median(times);
}
