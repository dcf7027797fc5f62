// SPDX-License-Identifier: MIT
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { coapClient, freePort, Mosquitto, Program, subscribe } from "../support/processes.ts";
import { katydid } from "../support/simulation.ts";

const wrong: [flags: string[], message: RegExp][] = [
	[["--colour"], /unknown option '--colour'/],
	[["--app", "fridge"], /--app: expected main or light, got "fridge"/],
	[["--board", "toaster"], /--board: expected esp32, .*sim, .*got "toaster"/],
	[["--set", "humidity=3"], /--set: expected a property of thermostat-123 \(temperature, light\), got humidity/],
	[["--set", "light=blue"], /--set: light: expected true or false, got "blue"/],
	[["--set", "light"], /--set: expected PROPERTY=VALUE, got "light"/],
	[
		["--broker", "http://example.com"],
		/--broker: expected mqtt:\/\/, mqtts:\/\/, ws:\/\/ or wss:\/\/, then \[user:password@\]host\[:port\], got "http:\/\/example.com"/,
	],
	[["--broker", "mqtt://127.0.0.1", "--mqtt-port", "1900"], /--mqtt-port is the embedded broker's/],
	[["--mqtt-port", "99999"], /expected a port from 1 to 65535/],
	[["--coap-port", "coap"], /expected a whole number/],
	[["--seed", "x"], /expected a whole number/],
	[["extra"], /too many arguments/],
];

for (const [flags, message] of wrong)
	test(`simulate ${flags.join(" ")} ends with code 2 and says why`, async () => {
		const program = katydid("simulate", ...flags);
		expect(await program.ended).toBe(2);
		expect(program.errors.all).toHaveLength(1);
		expect(program.errors.all[0]).toMatch(/^katydid: /);
		expect(program.errors.all[0]).toMatch(message);
		expect(program.output.all).toEqual([]);
	});

test("an unknown command ends with code 2, help with 0", async () => {
	expect(await katydid("fly").ended).toBe(2);
	expect(await katydid().ended).toBe(2);
	expect(await katydid("--help").ended).toBe(0);
	expect(await katydid("--version").ended).toBe(0);
});

test("a port asked for that is in use ends with code 2 and says what to do", async () => {
	const tcp = createServer().listen(0, "127.0.0.1");
	const udp = createSocket("udp4").bind(0, "127.0.0.1");
	await Promise.all([once(tcp, "listening"), once(udp, "listening")]);
	for (const [flag, port] of [
		["--mqtt-port", (tcp.address() as AddressInfo).port],
		["--coap-port", udp.address().port],
	]) {
		const program = katydid("simulate", flag as string, String(port));
		expect(await program.ended).toBe(2);
		expect(program.errors.all).toEqual([
			`katydid: ${flag}: port ${port} is in use; choose another, or leave ${flag} out to get a free one`,
		]);
	}
	tcp.close();
	udp.close();
});

test("the usual ports in use: the next free ones are taken, and the first lines say so", async () => {
	const first = katydid("simulate");
	await first.output.line(/^try /);
	const second = katydid("simulate");
	const mqtt = await second.output.line(/^mqtt /);
	const coap = await second.output.line(/^coap /);
	expect(mqtt).toMatch(
		/^mqtt {2}mqtt:\/\/127\.0\.0\.1:(?!1883)\d+ \(embedded broker; port 1883 is in use\) · connected$/,
	);
	expect(coap).toMatch(/^coap {2}coap:\/\/127\.0\.0\.1:(?!5683)\d+ \(port 5683 is in use\) · listening$/);
	expect(await second.stop("SIGINT")).toBe(0);
	expect(await first.stop("SIGINT")).toBe(0);
});

test("the lines to try work as they are printed, and a subscriber of the embedded broker sees offline", async () => {
	const [mqttPort, coapPort] = [await freePort("tcp"), await freePort("udp")];
	const flags = ["--mqtt-port", String(mqttPort), "--coap-port", String(coapPort), "--set", "temperature=22.5"];
	const program = katydid("simulate", ...flags);
	const lines = [await program.output.line(/^try /)];
	while (lines.length < 5) lines.push(await program.output.line(/^ {6}/));
	expect(lines.map((line) => line.slice(6).replace(/^coap-client-\w+/, "coap-client"))).toEqual([
		`mosquitto_sub -h 127.0.0.1 -p ${mqttPort} -v -t 'home/livingroom/thermostat/#'`,
		`mosquitto_pub -h 127.0.0.1 -p ${mqttPort} -t home/livingroom/thermostat/light/set -m true`,
		`coap-client -m get coap://127.0.0.1:${coapPort}/temperature`,
		`coap-client -m put -e true coap://127.0.0.1:${coapPort}/light`,
		`coap-client -s 60 coap://127.0.0.1:${coapPort}/temperature`,
	]);
	const subscriber = await subscribe(mqttPort, "home/livingroom/thermostat/#");
	await subscriber.output.line(/temperature 22\.5/);
	await coapClient("-m", "put", "-e", "true", `coap://127.0.0.1:${coapPort}/light`).ended;
	await subscriber.output.line(/light true/);
	expect(await program.stop("SIGINT")).toBe(0);
	await subscriber.output.line(/status offline/);
	await subscriber.stop();
});

test("a broker that refuses is one line that says what to do", async () => {
	const broker = await Mosquitto.start("allow_anonymous false");
	const program = katydid(
		"simulate",
		"--broker",
		`mqtt://127.0.0.1:${broker.port}`,
		"--coap-port",
		String(await freePort("udp")),
	);
	expect(await program.output.line(/^mqtt /)).toMatch(/; give --broker mqtt:\/\/user:password@host:port/);
	expect(await program.stop("SIGINT")).toBe(0);
	await broker.remove();
});

test("a broker that is not there is one line that says what to do", async () => {
	const port = await freePort("tcp");
	const program = katydid(
		"simulate",
		"--broker",
		`mqtt://127.0.0.1:${port}`,
		"--coap-port",
		String(await freePort("udp")),
	);
	expect(await program.output.line(/^mqtt /)).toMatch(
		/; start a broker there, or leave --broker out .* \(trying again in \d+ s\)/,
	);
	expect(await program.stop("SIGINT")).toBe(0);
});

test("the same seed gives the same first sample", async () => {
	const first = async (seed: string) => {
		const ports = ["--mqtt-port", String(await freePort("tcp")), "--coap-port", String(await freePort("udp"))];
		const program = katydid("simulate", "--json", "--seed", seed, ...ports);
		const { value } = JSON.parse(await program.output.line(/"change"/));
		await program.stop("SIGINT");
		return value;
	};
	expect(await first("7")).toBe(await first("7"));
	expect(await first("7")).not.toBe(await first("20"));
});

test("whoever reads the output may leave: the thing stops, without a word", async () => {
	const ports = `--mqtt-port ${await freePort("tcp")} --coap-port ${await freePort("udp")}`;
	const program = new Program(
		["sh"],
		["-c", `(node dist/cli.js simulate --json ${ports}; echo code $? >&2) | head -1`],
	);
	await program.errors.line(/^code 0$/);
	expect(program.errors.all).toEqual(["code 0"]);
	expect(program.output.all).toHaveLength(1);
});

test("Ctrl-C through npm start, on a terminal, says offline and ends with code 0", async () => {
	const [mqttPort, coapPort] = [await freePort("tcp"), await freePort("udp")];
	const flags = `--mqtt-port ${mqttPort} --coap-port ${coapPort}`;
	// script runs it on a terminal of its own; what it is sent are keys. Without prestart: a build now would pull dist/ from under other tests.
	const program = new Program(["script"], ["-qec", `npm start --ignore-scripts -- ${flags}`, "/dev/null"], "keys");
	await program.output.line(/coap-client.* -s 60/);
	const subscriber = await subscribe(mqttPort, "home/livingroom/thermostat/#");
	program.type("\r");
	await subscriber.output.line(/light true/);
	program.type("\x03");
	await subscriber.output.line(/status offline/);
	expect(await program.ended).toBe(0);
	await subscriber.stop();
});
