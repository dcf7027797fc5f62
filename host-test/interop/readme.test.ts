// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findClient } from "../../host/clients.ts";
import { freePort, Program } from "../support/processes.ts";
import { katydid } from "../support/simulation.ts";

const readme = readFileSync("README.md", "utf8");

/** The blocks of code in one language. */
function blocks(language: string): string[] {
	return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map((match) => match[1]!);
}

/** Commands, after `$ `, each with the lines that it prints. */
function session(block: string): { command: string; prints: string[] }[] {
	return block
		.split(/^\$ /m)
		.slice(1)
		.map((part) => {
			const [command, ...prints] = part.trimEnd().split("\n");
			return { command: command!, prints };
		});
}

const consoles = blocks("console");

test("there are examples", () => expect(consoles.length).toBeGreaterThan(1));

for (const block of consoles)
	test(`what the README shows is true: ${session(block)[0]!.command}`, async () => {
		const [start, ...others] = session(block);
		const [mqttPort, coapPort] = [await freePort("tcp"), await freePort("udp")];
		const flags = start!.command.match(/^npm start -- (.*)/)![1]!.split(" ");
		const ports = ["--mqtt-port", String(mqttPort), "--coap-port", String(coapPort)];
		const simulation = katydid("simulate", ...flags, ...ports);
		await simulation.output.line(/^try /);
		for (const { command, prints } of others) {
			const here = command
				.replace(/^mosquitto_sub/, `stdbuf -oL mosquitto_sub -p ${mqttPort}`)
				.replace(/^coap-client/, findClient("coap-client").command)
				.replace("coap://127.0.0.1/", `coap://127.0.0.1:${coapPort}/`);
			const program = new Program(["sh"], ["-c", `exec 2>&1 ${here}`]);
			for (const line of prints) expect(await program.output.line(/./)).toBe(line);
			await (command.startsWith("mosquitto_sub") ? program.stop() : program.ended);
			expect(program.output.all.filter(Boolean)).toEqual(prints);
		}
		await simulation.stop("SIGINT");
	});

test("the app in the README is src/main.ts", () => {
	const main = readFileSync("src/main.ts", "utf8").replace(/^\/\/ SPDX.*\n/, "");
	expect(blocks("ts")).toContain(main);
});

test("every flag is in the README", async () => {
	const help = katydid("simulate", "--help");
	await help.ended;
	const flags = help.output.all.flatMap((line) => /^ {2}(--[\w-]+)/.exec(line)?.[1] ?? []);
	expect(flags.length).toBeGreaterThan(5);
	for (const flag of flags) expect(readme).toContain(flag);
});
