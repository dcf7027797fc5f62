// SPDX-License-Identifier: MIT
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Mosquitto, subscribe } from "../support/processes.ts";
import { katydid, Simulation } from "../support/simulation.ts";

const folder = mkdtempSync(join(tmpdir(), "katydid-configuration-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(configuration: object | string): string {
	const file = join(folder, "katydid.config.json");
	writeFileSync(file, typeof configuration === "string" ? configuration : JSON.stringify(configuration));
	return file;
}

test("what is configured decides names, topics, broker and protocol; a flag wins over the file", async () => {
	const broker = await Mosquitto.start();
	const watcher = await subscribe(broker.port, "#");
	const config = fileOf({ id: "attic-9", topic: "file/attic", protocol: "3.1.1", broker: "mqtt://127.0.0.1:1" });
	const simulation = await Simulation.start(broker.port, "--config", config, "--with", "topic=flag/attic");
	expect(await watcher.output.line(/^flag\/attic\/status /)).toBe("flag/attic/status online");
	// mosquitto logs the version of the protocol: p2 is 3.1.1, p5 is 5.0.
	expect(await broker.log.line(/New client connected from .* as attic-9 /)).toMatch(/\(p2,/);
	expect(await simulation.stop()).toBe(0);
	await broker.remove();
});

test("a mistake ends with code 2, its file, line and column", async () => {
	const config = fileOf('{\n\t"topic": "home/attic",\n\t"keepalive": 5\n}\n');
	const program = katydid("simulate", "--config", config);
	expect(await program.ended).toBe(2);
	expect(program.errors.all[0]).toMatch(
		/katydid\.config\.json:3:2: error: unknown key "keepalive".*did you mean "keepAlive"\?$/,
	);
	expect(program.output.all).toEqual([]);
});

test("what the thing does not allow is refused before anything runs", async () => {
	const program = katydid("simulate", "--with", "intervals.light=5");
	expect(await program.ended).toBe(2);
	expect(program.errors.all).toEqual(["katydid: configuration: intervals: light has no sensor"]);
});

test("what only a device is to know comes through a pipe, wins, and is not shown", async () => {
	const broker = await Mosquitto.start();
	const pipe = join(folder, "pipe");
	execFileSync("mkfifo", [pipe]);
	const secrets = { topic: "given/attic", broker: `mqtt://me:hunter22@127.0.0.1:${broker.port}` };
	const writing = writeFile(pipe, JSON.stringify(secrets));
	const program = katydid("simulate", "--json", "--with", "topic=flag/attic", "--provision", pipe);
	await writing;
	expect(await broker.log.line(/New client connected from .* u'me'/)).toMatch(/as thermostat-123 /);
	expect(await program.stop("SIGINT")).toBe(0);
	expect(program.output.all.join("\n")).toContain("given/attic");
	expect(program.output.all.join("\n")).not.toContain("hunter22");
	await broker.remove();
});
