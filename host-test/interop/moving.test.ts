// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DeviceExamples } from "../support/device-example.ts";
import { FakePreference } from "../support/fake-preference.ts";
import { Mosquitto, publish, subscribe } from "../support/processes.ts";

const PAGE = "docs/moving.md";
const examples = new DeviceExamples(PAGE);

let broker: Mosquitto;
let replace: Record<string, string>;
beforeAll(async () => {
	broker = await Mosquitto.start();
	replace = { '"192.168.1.10"': `"127.0.0.1", port: ${broker.port}` };
});
afterAll(() => broker.remove());

test("an app of the ECMA-419 class goes on with Katydid's", async () => {
	const observer = await subscribe(broker.port, "porch/#");
	const { traced, off } = examples.run("onReadable(count, { topic })", { replace });
	await observer.output.line(/^porch\/status online$/);
	await traced.line(/^acknowledged: 7$/);
	await publish(broker.port, "porch/light/set", "on");
	await traced.line(/^porch\/light\/set: on$/);
	off();
	await observer.output.line(/^porch\/status offline$/);
	await observer.stop();
});

test("and connects again, its messages in flash, with Katydid's options", async () => {
	const observer = await subscribe(broker.port, "porch/boots", "-q", "2");
	const preference = new FakePreference();
	const { traced, off } = examples.run("PreferenceStore", { replace, preference });
	await traced.line(/^connected$/);
	await observer.output.line(/^porch\/boots 1$/);
	expect(broker.log.all.some((line) => /as porch \(p5/.test(line))).toBe(true);
	await broker.stop();
	await traced.line(/^(CONNECTION_LOST|DISCONNECTED), again in \d/);
	await broker.start();
	await traced.line(/^connected$/);
	off();
	expect(preference.keys("katydid")).not.toEqual([]);
	await observer.stop();
});

test("what was written for the module mqtt, written anew", async () => {
	const observer = await subscribe(broker.port, "porch/time");
	const { traced, off } = examples.run("Timer.repeat", { replace });
	await traced.line(/^ready$/);
	await observer.output.line(/^porch\/time \d+$/);
	await publish(broker.port, "porch/light/set", "off");
	await traced.line(/^porch\/light\/set: off$/);
	off();
	await observer.stop();
});

test("each example is run, and the manifest is one of ours", () => {
	expect(examples.all).toHaveLength(3);
	const { include } = JSON.parse(/^```json\n(.*?)^```/ms.exec(readFileSync(PAGE, "utf8"))![1]!);
	const ours = include.filter((path: string) => path.startsWith("../katydid/"));
	expect(ours.map((path: string) => existsSync(path.replace("../katydid/", "")))).toEqual([true]);
	expect(include.indexOf(ours[0])).toBeLessThan(include.findIndex((path: string) => path.includes("mqttclient")));
});
