// SPDX-License-Identifier: MIT
// The README's CoAP part, as a new user tries it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CoapClient } from "../../host/index.ts";
import { freePort, Program } from "../support/processes.ts";

const [, section] = readFileSync("README.md", "utf8").split(/^## (?=CoAP on its own$)/m);
const passage = section!.split(/^## /m)[0]!;
const examples = [...passage.matchAll(/^```(js|sh)\n(.*?)^```/gms)].map(([, language, code]) => ({
	language,
	code: code!,
}));

/** The example in `language` that has `word` in it. */
function example(language: "js" | "sh", word: string): string {
	const found = examples.filter((one) => one.language === language && one.code.includes(word));
	if (found.length !== 1) throw new Error(`expected one example in ${language} with ${word}, got ${found.length}`);
	return found[0]!.code;
}

/** A project that has Katydid among its dependencies. */
const project = mkdtempSync(join(tmpdir(), "katydid-project-"));
const client = new CoapClient();
let port: number;

beforeAll(async () => {
	mkdirSync(join(project, "node_modules"));
	symlinkSync(resolve("."), join(project, "node_modules", "katydid"));
	port = await freePort("udp");
});

afterAll(() => {
	client.close();
	rmSync(project, { recursive: true });
});

let files = 0;

/** Runs an example of JavaScript as a new user would, but for the port. */
function run(code: string): Program {
	const file = `example-${files++}.js`;
	const here = code
		.replace("coap://localhost", `coap://127.0.0.1:${port}`)
		.replace(/new CoapServer\((\{ )?/, (_, brace) => `new CoapServer({ port: ${port}, ${brace ? "" : "}"}`)
		.replace("multicast: true", 'multicast: "127.0.0.1"');
	writeFileSync(join(project, file), here);
	return new Program(["sh"], ["-c", `cd ${project} && exec node ${file}`]);
}

/** Starts the example of a server, and waits until it answers. */
async function serve(word: string): Promise<Program> {
	const server = run(example("js", word));
	for (;;) {
		const response = await client.get(`coap://127.0.0.1:${port}/.well-known/core`).catch(() => undefined);
		if (response?.ok) return server;
	}
}

/** The commands of an example, each with what it prints; those that print what the README does not show print `undefined`. */
function session(code: string): { command: string; prints: string[] }[] {
	return code
		.split(/^(?=npx )/m)
		.map((part) => part.trimEnd().split("\n"))
		.map(([command, ...lines]) => ({ command: command!, prints: lines.map((line) => line.replace(/^# /, "")) }));
}

/** Runs a command as it is in the README, but for the port; returns what it printed. */
async function shell(command: string): Promise<string[]> {
	const cli = `node ${resolve("dist/cli.js")}`;
	const here = command
		.replace(/^npx katydid/, cli)
		.replace("coap://localhost", `coap://127.0.0.1:${port}`)
		.replace(/discover$/, `discover -i 127.0.0.1 -B 6 coap://224.0.1.187:${port}`);
	const program = new Program(["sh"], ["-c", `cd ${project} && ${here}`]);
	expect(await program.ended).toBe(0);
	expect(program.errors.all.filter(Boolean)).toEqual([]);
	return program.output.all.filter(Boolean).map((line) => line.replace(`127.0.0.1:${port}`, "localhost:5683"));
}

test("a sensor, an actuator, an observer, a big payload, discovery, in that order", () => {
	const order = ["temperature.changed()", "put(request)", "client.observe", "firmware", "client.discover"];
	const places = order.map((word) => passage.indexOf(word));
	expect(places).toEqual([...places].sort((a, b) => a - b));
	expect(places[0]).toBeGreaterThan(0);
	expect(examples).toHaveLength(11);
});

test("a sensor, an observer and discovery", async () => {
	const server = await serve("temperature.changed()");
	const [get] = session(example("sh", "npx katydid get coap://localhost/temperature"));
	const [code, format, value] = await shell(get!.command);
	expect([code, format]).toEqual(get!.prints.slice(0, 2));
	// It gets warmer while this runs.
	expect(Number(value)).toBeGreaterThanOrEqual(Number(get!.prints[2]));
	const observer = run(example("js", "client.observe").replace("> 23", `> ${Number(value) + 1}`));
	expect(await observer.ended).toBe(0);
	expect(observer.output.all.filter(Boolean).length).toBeGreaterThan(1);
	for (const line of observer.output.all.filter(Boolean)) expect(line).toMatch(/^[\d.]+ °C$/);
	const [observe] = session(example("sh", "observe"));
	const states = (await shell(observe!.command)).map(Number);
	expect(states.map((state) => state - states[0]!)).toEqual([0, 0.5, 1]);
	const [discover, all] = session(example("sh", "discover"));
	expect(await shell(discover!.command)).toEqual(discover!.prints);
	expect(await shell(all!.command)).toEqual(discover!.prints);
	const links = run(example("js", "client.discover"));
	expect(await links.ended).toBe(0);
	expect(links.output.all.filter(Boolean)).toEqual([`coap://127.0.0.1:${port}/temperature temperature`]);
	await server.stop();
});

test("an actuator", async () => {
	const server = await serve("put(request)");
	const [put] = session(example("sh", "put coap://localhost/light"));
	expect(await shell(put!.command)).toEqual(put!.prints);
	expect((await client.get(`coap://127.0.0.1:${port}/light`)).text()).toBe("on");
	const code = example("js", 'client.put("coap://localhost/light"');
	const program = run(code);
	expect(await program.ended).toBe(0);
	expect(program.output.all.filter(Boolean)).toEqual([code.match(/\/\/ (.*)/)![1]]);
	await server.stop();
});

test("a big payload", async () => {
	const server = await serve("firmware");
	const firmware = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) ^ (i >> 8)));
	writeFileSync(join(project, "firmware.bin"), firmware);
	for (const { command } of session(example("sh", "@firmware.bin"))) await shell(command);
	expect(readFileSync(join(project, "received.bin")).equals(firmware)).toBe(true);
	expect(readFileSync(join(project, "copy.bin")).equals(firmware)).toBe(true);
	await server.stop();
});
