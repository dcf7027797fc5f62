// SPDX-License-Identifier: MIT
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Authority } from "../support/certificates.ts";
import { freePort, Mosquitto, Program, publish, subscribe } from "../support/processes.ts";

const [, section] = readFileSync("README.md", "utf8").split(/^## (?=MQTT on its own$)/m);
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

/** A project that has Katydid among its dependencies, and the certificates of the examples. */
const project = mkdtempSync(join(tmpdir(), "katydid-project-"));
const authority = new Authority("Katydid test authority");
let broker: Mosquitto;
let secure: Mosquitto;

beforeAll(async () => {
	mkdirSync(join(project, "node_modules"));
	symlinkSync(resolve("."), join(project, "node_modules", "katydid"));
	const server = authority.issue("broker", { names: ["DNS:localhost"] });
	const porch = authority.issue("porch");
	const ca = authority.identity.certificateFile;
	copyFileSync(ca, join(project, "ca.pem"));
	copyFileSync(porch.certificateFile, join(project, "porch.pem"));
	copyFileSync(porch.keyFile, join(project, "porch.key"));
	broker = await Mosquitto.start();
	const tls = await freePort("tcp");
	secure = await Mosquitto.start(
		`listener ${tls} 127.0.0.1`,
		`cafile ${ca}`,
		`certfile ${server.certificateFile}`,
		`keyfile ${server.keyFile}`,
		"require_certificate true",
		"use_identity_as_username true",
	);
	securePort = tls;
});
let securePort: number;

afterAll(async () => {
	await broker.remove();
	await secure.remove();
	authority.remove();
	rmSync(project, { recursive: true });
});

/** Runs an example of JavaScript as a new user would, with the broker's port in its URL. */
function run(code: string, port: number): Program {
	const source = code.replace(/(mqtts?:\/\/localhost)/, `$1:${port}`);
	writeFileSync(join(project, "example.js"), source);
	return new Program(["sh"], ["-c", `cd ${project} && exec node example.js`]);
}

/** Runs an example of the command line. */
function shell(code: string, port: number): Program {
	const cli = resolve("dist/cli.js");
	const command = code.replace(/^npx katydid (pub|sub)/, `exec node ${cli} $1 -p ${port}`);
	return new Program(["sh"], ["-c", `cd ${project} && ${command}`]);
}

test("publish, subscribe, TLS with a certificate, offline queue, in that order", () => {
	const order = [
		'connect("mqtt://',
		"katydid pub -t",
		"subscribe(",
		"katydid sub",
		"mqtts://",
		"--cafile",
		"storePath",
	];
	const found = examples.map(({ code }) => order.findIndex((word) => code.includes(word)));
	expect(examples).toHaveLength(order.length);
	expect(found[0]).toBe(0);
	expect(order.map((word) => passage.indexOf(word))).toEqual(
		order.map((word) => passage.indexOf(word)).sort((a, b) => a - b),
	);
});

test("publish", async () => {
	const other = await subscribe(broker.port, "porch/temperature");
	const programs = [
		() => run(example("js", "{ qos: 1, retain: true }"), broker.port),
		() => shell(example("sh", "pub -t porch/temperature"), broker.port),
	];
	for (const start of programs) {
		const program = start();
		expect(await program.ended).toBe(0);
		expect([...program.output.all, ...program.errors.all]).toEqual([]);
		expect(await other.output.line(/^porch/)).toBe("porch/temperature 22.5");
	}
	await other.stop();
});

test("subscribe", async () => {
	await publish(broker.port, "porch/temperature", "22.5", "-r");
	const library = run(example("js", "client.subscribe"), broker.port);
	expect(await library.output.line(/./)).toBe("porch/temperature is 22.5");
	await library.stop();
	const command = shell(example("sh", "katydid sub"), broker.port);
	expect(await command.output.line(/./)).toBe("porch/temperature 22.5");
	expect(await command.stop("SIGINT")).toBe(0);
});

test("TLS with a client certificate", async () => {
	const other = await subscribe(secure.port, "porch/temperature");
	for (const start of [
		() => run(example("js", "mqtts://"), securePort),
		() => shell(example("sh", "--cafile"), securePort),
	]) {
		const program = start();
		expect(await program.ended).toBe(0);
		expect([...program.output.all, ...program.errors.all]).toEqual([]);
		expect(await other.output.line(/^porch/)).toBe("porch/temperature 22.5");
	}
	await other.stop();
});

test("offline queue: what was published while there was no broker arrives once, after a restart", async () => {
	const store = join(project, "porch.session");
	const code = example("js", "storePath");
	const nobody = await freePort("tcp");
	const before = run(code, nobody);
	while (!(existsSync(store) && readFileSync(store).includes("porch/temperature"))) await setTimeout(20);
	await before.stop("SIGKILL");
	const other = await subscribe(broker.port, "porch/temperature", "-R", "-q", "2");
	const after = run(code, broker.port);
	// The one of the first run, and that of the second.
	for (const _ of [1, 2]) expect(await other.output.line(/^porch/)).toBe("porch/temperature 22.5");
	await after.stop("SIGTERM");
	const empty = run(
		`${code.replace(/^client\.publish.*/m, "")}\nclient.on("connect", () => client.close());`,
		broker.port,
	);
	expect(await empty.ended).toBe(0);
	await publish(broker.port, "porch/temperature", "last");
	expect(await other.output.line(/^porch/)).toBe("porch/temperature last");
	await other.stop();
});
