// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aedes } from "aedes";
import { freePort, Mosquitto, Program } from "../support/processes.ts";
import { type Broker, PASSWORD } from "./broker.ts";

/** A mosquitto that keeps what it has on disk and lets one user in. */
export async function mosquitto(username: string): Promise<Broker> {
	const folder = mkdtempSync(join(tmpdir(), "katydid-passwords-"));
	const passwords = join(folder, "passwords");
	await new Program(["mosquitto_passwd"], ["-b", "-c", passwords, username, PASSWORD]).ended;
	let running = true;
	const broker = await Mosquitto.start("allow_anonymous false", `password_file ${passwords}`, "persistence true");
	return {
		port: broker.port,
		start: async () => {
			if (!running) await broker.start();
			running = true;
		},
		stop: async () => {
			await broker.stop();
			running = false;
		},
		async remove() {
			await broker.remove();
			rmSync(folder, { recursive: true });
		},
	};
}

/** aedes, in this process. Stopped, it is out of reach and keeps what it has: it has no disk. */
export async function aedes(username: string): Promise<Broker> {
	const port = await freePort("tcp");
	const sockets = new Set<Socket>();
	const broker = await Aedes.createBroker({
		authenticate: (_, name, password, done) => {
			if (name === username && password?.toString() === PASSWORD) done(null, true);
			else done(Object.assign(new Error("bad user name or password"), { returnCode: 4 }), false);
		},
	});
	let server: Server | undefined;
	const stop = async () => {
		if (!server?.listening) return;
		const closed = once(server, "close");
		server.close();
		for (const socket of sockets) socket.destroy();
		await closed;
	};
	return {
		port,
		stop,
		async start() {
			server = createServer((socket) => {
				sockets.add(socket.once("close", () => sockets.delete(socket)));
				broker.handle(socket);
			}).listen(port, "127.0.0.1");
			await once(server, "listening");
		},
		async remove() {
			await stop();
			await new Promise<void>((resolve) => broker.close(resolve));
		},
	};
}
