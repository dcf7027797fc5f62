// SPDX-License-Identifier: MIT
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort, Program } from "../../host-test/support/processes.ts";
import { Child } from "./child.ts";
import { median, type Ratio, ratio } from "./ratio.ts";

export const ROUNDS = 7;
export const REQUESTS = 20_000;
/** How many requests are under way at once. */
export const WINDOW = 8;

/** How often a server is asked for the first time. */
const ATTEMPTS = 50;

/** Debian names libcoap's server after the TLS library that it was built with. */
const LIBCOAP = ["coap-server", "coap-server-notls", "coap-server-openssl", "coap-server-gnutls"];

/** How a server did: medians of all rounds. */
export interface Served {
	name: string;
	/** Requests a second. */
	rate: number;
	/** Microseconds within which half of the answers came, and all but one in a hundred. */
	p50: number;
	p99: number;
	/** Megabytes in use at the end. */
	memory: number;
	/** How many times its requests a second Katydid answers. */
	ratio: Ratio;
}

interface Running {
	name: string;
	port: number;
	memory(): Promise<number>;
	stop(): unknown;
}

/** Servers in turns, each asked by a program of its own. */
export async function compareServers(): Promise<Served[]> {
	const folder = mkdtempSync(join(tmpdir(), "katydid-load-"));
	const load = join(folder, "load");
	execFileSync("cc", ["-O2", "-o", load, fileURLToPath(new URL("load.c", import.meta.url))]);
	const servers = [await node("katydid"), await node("node-coap"), await node("echo"), await libcoap()];
	for (const { port } of servers) await answers(load, port);
	const rounds = servers.map((): [number, number, number][] => []);
	// The first round is not counted.
	for (let round = -1; round < ROUNDS; round++) {
		for (const [i, { port }] of servers.entries()) {
			const figures = JSON.parse(execFileSync(load, [port, REQUESTS, WINDOW].map(String), { encoding: "utf8" }));
			if (round >= 0) rounds[i]!.push(figures);
		}
	}
	const column = (i: number, figure: 0 | 1 | 2) => rounds[i]!.map((figures) => figures[figure]);
	const served: Served[] = [];
	for (const [i, server] of servers.entries()) {
		served.push({
			name: server.name,
			rate: median(column(i, 0)),
			p50: median(column(i, 1)),
			p99: median(column(i, 2)),
			memory: await server.memory(),
			ratio: ratio(column(0, 0), column(i, 0)),
		});
		server.stop();
	}
	rmSync(folder, { recursive: true });
	return served;
}

/** Waits until a server answers. */
async function answers(load: string, port: number): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		try {
			execFileSync(load, [String(port), "1", "1"], { stdio: "ignore" });
			return;
		} catch (error) {
			if (attempt === ATTEMPTS) throw error;
			await setTimeout(100);
		}
	}
}

async function node(name: string): Promise<Running> {
	const port = await freePort("udp");
	const child = new Child("coap-server.ts", name, String(port));
	const memory = () => child.ask<number>("memory");
	// Its answer says that it has started.
	await memory();
	return { name, port, memory, stop: () => child.stop() };
}

async function libcoap(): Promise<Running> {
	const port = await freePort("udp");
	const program = new Program(LIBCOAP, ["-A", "127.0.0.1", "-p", String(port)]);
	const memory = async () => Number(execFileSync("ps", ["-o", "rss=", "-p", String(program.pid)])) / 1024;
	return { name: "libcoap", port, memory, stop: () => program.stop() };
}
