// SPDX-License-Identifier: MIT
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { checkPort } from "./check.ts";

/** What a port is of. */
export type Transport = "tcp" | "udp";

/** Whether something listens on `port` of `address` already. Rejects when the port cannot be had for another reason. */
export async function portTaken(transport: Transport, port: number, address: string): Promise<boolean> {
	return (await tryPort(transport, port, address)) === undefined;
}

/** The first free port of `address` that is `port` or above; any free one for 0. Rejects with RangeError when there is none. */
export async function freePort(transport: Transport, port: number, address: string): Promise<number> {
	for (let candidate = port; candidate <= 65535; candidate++) {
		const free = await tryPort(transport, candidate, address);
		if (free !== undefined) return free;
	}
	throw new RangeError(`expected a free port from ${port}, got none`);
}

/** Binds and lets go; resolves to the port, to undefined when it is taken. */
async function tryPort(transport: Transport, port: number, host: string): Promise<number | undefined> {
	checkPort(port);
	const socket =
		transport === "tcp"
			? createServer().listen({ port, host, exclusive: true })
			: createSocket("udp4").bind({ port, address: host, exclusive: true });
	try {
		await once(socket, "listening");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
		throw error;
	}
	const bound = (socket.address() as AddressInfo).port;
	socket.close();
	await once(socket, "close");
	return bound;
}
