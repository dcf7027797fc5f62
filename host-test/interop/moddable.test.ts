// SPDX-License-Identifier: MIT
import { afterAll, beforeAll, expect, test } from "vitest";
import { Authority, derOf } from "../support/certificates.ts";
import { DeviceExamples } from "../support/device-example.ts";
import { coapClient, freePort, Mosquitto, publish, subscribe } from "../support/processes.ts";

const examples = new DeviceExamples("docs/moddable.md");

const authority = new Authority("Katydid test authority");
let broker: Mosquitto;
let secure: number;
let replace: Record<string, string>;
beforeAll(async () => {
	const server = authority.issue("broker", { names: ["DNS:localhost"] });
	secure = await freePort("tcp");
	broker = await Mosquitto.start(
		`listener ${secure} 127.0.0.1`,
		"protocol websockets",
		`cafile ${authority.identity.certificateFile}`,
		`certfile ${server.certificateFile}`,
		`keyfile ${server.keyFile}`,
	);
	replace = { '"192.168.1.10"': `"127.0.0.1", port: ${broker.port}` };
});
afterAll(async () => {
	await broker.remove();
	authority.remove();
});

test("only the MQTT client", async () => {
	const observer = await subscribe(broker.port, "porch/status");
	const { traced, off } = examples.run("porch/light/set", { replace });
	await observer.output.line(/^porch\/status online$/);
	await publish(broker.port, "porch/light/set", "on");
	await traced.line(/^porch\/light\/set: on$/);
	off();
	await observer.stop();
});

test("messages that survive a reboot", async () => {
	const observer = await subscribe(broker.port, "porch/meter", "-q", "2");
	const { off } = examples.run("PreferenceStore", { replace });
	await observer.output.line(/^porch\/meter one more$/);
	off();
	await observer.stop();
});

test("TLS and WebSocket", async () => {
	const { off } = examples.run("WebSocketStream", {
		replace: { '"broker.example.com"': '"localhost"', "port: 443": `port: ${secure}` },
		resources: { "ca.der": derOf(authority.identity.certificate) },
	});
	await broker.log.line(/New client connected from .* as porch-light /);
	off();
});

test("only the CoAP server", async () => {
	const port = await freePort("udp");
	const { off } = examples.run("katydid/coap", { replace: { "5683": String(port) } });
	const light = `coap://127.0.0.1:${port}/light`;
	const get = async () => {
		const client = coapClient("-m", "get", light);
		await client.ended;
		return client.output.all.filter(Boolean);
	};
	expect(await get()).toEqual(["off"]);
	await coapClient("-m", "put", "-e", "on", light).ended;
	expect(await get()).toEqual(["on"]);
	off();
});

test("each example is run", () => expect(examples.all).toHaveLength(4));
