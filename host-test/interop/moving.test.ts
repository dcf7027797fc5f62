// SPDX-License-Identifier: MIT
// The examples of docs/moving.md, which are written for a device: its modules are those of this machine here, the broker is mosquitto.
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodePlatform } from "../../host/platform.ts";
import type { Platform, TCPConstructor } from "../../src/drive/index.ts";
import * as drive from "../../src/drive/index.ts";
import { MQTTClient, type MQTTClientOptions } from "../../src/ecma419/index.ts";
import * as mqtt from "../../src/mqtt/index.ts";
import { PreferenceStore } from "../../src/xs/preference-store.ts";
import { FakePreference } from "../support/fake-preference.ts";
import { Lines } from "../support/lines.ts";
import { Mosquitto, publish, subscribe } from "../support/processes.ts";

const page = readFileSync("docs/moving.md", "utf8");
const examples = [...page.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code!);

let broker: Mosquitto;
beforeAll(async () => {
	broker = await Mosquitto.start();
});
afterAll(() => broker.remove());

/** The example with `word` in it runs on a device of its own, until the function that is returned takes away its power. */
function run(word: string, preference = new FakePreference()): { traced: Lines; off(): void } {
	const found = examples.filter((code) => code.includes(word));
	if (found.length !== 1) throw new Error(`expected one example with ${word}, got ${found.length}`);
	const traced = new Lines();
	const { platform, off } = powered();
	const client = class extends MQTTClient {
		constructor(options: MQTTClientOptions) {
			super(options, platform);
		}
	};
	const modules: Record<string, object> = {
		"katydid/drive": drive,
		"katydid/mqtt": mqtt,
		"katydid/xs": { moddablePlatform: () => platform, PreferenceStore },
		preference: { default: preference },
		timer: { default: { repeat: (callback: () => void, delay: number) => platform.setTimer(callback, delay) } },
	};
	const globals = {
		device: { network: { mqtt: { io: client, socket: { io: platform.TCP } } } },
		trace: (text: string) => traced.push(text),
		ArrayBuffer: { fromString: (text: string) => new TextEncoder().encode(text).buffer },
		String: Object.assign((value: unknown) => `${value}`, {
			fromArrayBuffer: (bytes: ArrayBuffer) => new TextDecoder().decode(bytes),
		}),
	};
	const body = found[0]!
		.replace(/^import \{ (.*) \} from "(.*)";$/gm, 'const { $1 } = modules["$2"];')
		.replace(/^import (\w+) from "(.*)";$/gm, 'const $1 = modules["$2"].default;')
		.replace("export default", "return")
		.replaceAll('"192.168.1.10"', `"127.0.0.1", port: ${broker.port}`);
	new Function("modules", ...Object.keys(globals), body)(modules, ...Object.values(globals))();
	return { traced, off };
}

/** A platform whose sockets and timers are gone when it is `off`. */
function powered(): { platform: Platform; off(): void } {
	const real = nodePlatform("127.0.0.1", Math.random);
	const sockets: { close(): void }[] = [];
	const timers = new Set<unknown>();
	let on = true;
	const TCP: TCPConstructor = class extends real.TCP {
		constructor(options: ConstructorParameters<TCPConstructor>[0]) {
			super(options);
			sockets.push(this);
		}
	};
	const setTimer = (callback: () => void, delay: number) => {
		const timer = real.setTimer(() => on && callback(), delay);
		timers.add(timer);
		return timer;
	};
	return {
		platform: { ...real, TCP, setTimer },
		off() {
			on = false;
			for (const socket of sockets) socket.close();
			for (const timer of timers) real.clearTimer(timer);
		},
	};
}

test("an app of the ECMA-419 class goes on with Katydid's", async () => {
	const observer = await subscribe(broker.port, "porch/#");
	const { traced, off } = run("onReadable(count, { topic })");
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
	const { traced, off } = run("PreferenceStore", preference);
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
	const { traced, off } = run("Timer.repeat");
	await traced.line(/^ready$/);
	await observer.output.line(/^porch\/time \d+$/);
	await publish(broker.port, "porch/light/set", "off");
	await traced.line(/^porch\/light\/set: off$/);
	off();
	await observer.stop();
});

test("each example is run, and the manifest is one of ours", () => {
	expect(examples).toHaveLength(3);
	const { include } = JSON.parse(/^```json\n(.*?)^```/ms.exec(page)![1]!);
	const ours = include.filter((path: string) => path.startsWith("../katydid/"));
	expect(ours.map((path: string) => existsSync(path.replace("../katydid/", "")))).toEqual([true]);
	expect(include.indexOf(ours[0])).toBeLessThan(include.findIndex((path: string) => path.includes("mqttclient")));
});
