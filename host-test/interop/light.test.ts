// SPDX-License-Identifier: MIT
import { afterAll, beforeAll, expect, test } from "vitest";
import { coapClient, Mosquitto, publish, subscribe } from "../support/processes.ts";
import { Simulation } from "../support/simulation.ts";

let broker: Mosquitto;
let light: Simulation;

beforeAll(async () => {
	broker = await Mosquitto.start();
	light = await Simulation.start(broker.port, "--app", "light");
});

afterAll(async () => {
	await light.stop();
	await broker.remove();
});

/** The code and payload of the answer to one request, as libcoap's client logs them. */
async function request(...parameters: string[]): Promise<string> {
	const client = coapClient("-v", "7", ...parameters, `${light.coap}/state`);
	await client.ended;
	const answer = [...client.output.all, ...client.errors.all].find((line) => /v:1 t:ACK c:/.test(line)) ?? "no answer";
	return answer.replace(/.* c:(\d\.\d\d)[^[]*/, "$1 ").replace(/i:\w+ \{\w*\} /, "");
}

test('POST {"state": "on"} is answered 2.04, and the LED is on', async () => {
	expect(await request("-m", "post", "-e", '{"state": "on"}')).toMatch(/^2\.04/);
	expect(await light.event("board")).toMatchObject({ part: "led", value: 1 });
});

test("GET gives text, or JSON with Accept 50", async () => {
	expect(await request("-m", "get")).toMatch(/^2\.05 .*text\/plain.*'on'$/);
	expect(await request("-m", "get", "-A", "50")).toMatch(/^2\.05 .*json.*'\{"state":"on"\}'$/);
	expect(await request("-m", "get", "-A", "60")).toMatch(/^4\.06/);
});

test("a value that is not allowed is answered 4.00 with what is, and changes nothing", async () => {
	expect(await request("-m", "post", "-e", '{"state":"blue"}')).toMatch(/^4\.00 .*expected off or on, got \\?"blue/);
	expect(await request("-m", "post", "-e", "blue", "-t", "60")).toMatch(/^4\.15/);
	expect(await request("-m", "delete")).toMatch(/^4\.05/);
	expect(await request("-m", "get")).toMatch(/'on'$/);
});

test("MQTT switches the same light", async () => {
	await publish(broker.port, "home/livingroom/light/state/set", "off");
	expect(await light.event("board")).toMatchObject({ part: "led", value: 0 });
	const subscriber = await subscribe(broker.port, "home/livingroom/light/state");
	expect(await subscriber.output.line(/^home/)).toBe("home/livingroom/light/state off");
	await subscriber.stop();
});
