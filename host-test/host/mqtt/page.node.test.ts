// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const page = readFileSync("docs/mqtt.md", "utf8");

/** The part of a source that is the interface or type of this name. */
function declaration(file: string, name: string): string {
	const [, found] =
		new RegExp(`^export (?:interface|type|class) ${name}\\b(.*?)^(?:}|export |/\\*\\*)`, "ms").exec(
			readFileSync(file, "utf8"),
		) ?? [];
	if (found === undefined) throw new Error(`${name} is not in ${file}`);
	return found;
}

/** The section of the page with this heading. */
function section(heading: string): string {
	return page.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`))!;
}

const members = (text: string) => [...text.matchAll(/^\t(?:readonly )?(\w+)\??[:(]/gm)].map(([, name]) => name!);

for (const [what, file, name, heading] of [
	["option of a client", "src/mqtt/options.ts", "ClientOptions", "Options"],
	["option of connect", "host/mqtt/options.ts", "ConnectOptions", "Options"],
	["option of publish", "src/mqtt/options.ts", "PublishOptions", "Publishing"],
	["event", "host/mqtt/listeners.ts", "MqttClientEvents", "Calls"],
] as const)
	test(`each ${what} is on the page about MQTT`, () => {
		const names = members(declaration(file, name)).filter(
			(member) => !["host", "port", "tls", "webSocket", "brokers"].includes(member),
		);
		expect(names.length).toBeGreaterThan(3);
		for (const member of names) expect(section(heading), member).toContain(`\`${member}\``);
	});

test("each call, and each code of an error", () => {
	const calls = [
		...readFileSync("host/mqtt/client.ts", "utf8").matchAll(/^\t(?:get )?([a-z]\w+)\([^)]*\)?:? ?.*\{$/gm),
	].map(([, name]) => name!);
	for (const call of [
		"connect",
		"publish",
		"subscribe",
		"unsubscribe",
		"request",
		"reply",
		"flush",
		"close",
		"terminate",
		"reauthenticate",
		"resume",
		"connected",
		"broker",
		"dropped",
	]) {
		expect(calls, call).toContain(call);
		expect(section("Calls")).toMatch(new RegExp(`\`${call}\\b`));
	}
	const codes = [...declaration("src/mqtt/mqtt-error.ts", "MqttErrorCode").matchAll(/"(\w+)"/g)].map(
		([, code]) => code!,
	);
	expect(codes.length).toBeGreaterThan(15);
	for (const code of codes) expect(section("Errors")).toContain(`\`${code}\``);
});

test("links lead somewhere", () => {
	const headings = [...page.matchAll(/^##+ (.*)$/gm)].map(([, text]) =>
		text!
			.toLowerCase()
			.replaceAll(/[^\w ]/g, "")
			.replaceAll(" ", "-"),
	);
	for (const [, anchor] of page.matchAll(/\]\(#([\w-]+)\)/g)) expect(headings).toContain(anchor);
	for (const [, path] of page.matchAll(/\]\(([\w./]+\.md)/g))
		expect(readFileSync(`docs/${path}`, "utf8").length).toBeGreaterThan(0);
});
