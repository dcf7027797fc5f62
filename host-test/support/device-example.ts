// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { nodePlatform } from "../../host/platform.ts";
import * as coap from "../../src/coap/index.ts";
import type { Platform } from "../../src/drive/index.ts";
import * as drive from "../../src/drive/index.ts";
import { MQTTClient, type MQTTClientOptions } from "../../src/ecma419/index.ts";
import * as mqtt from "../../src/mqtt/index.ts";
import * as websocket from "../../src/websocket/index.ts";
import { PreferenceStore } from "../../src/xs/preference-store.ts";
import { FakePreference } from "./fake-preference.ts";
import { Lines } from "./lines.ts";

/** What an example finds on its device. */
export interface Device {
	/** In place of text of the example: where its broker is. */
	readonly replace: Readonly<Record<string, string>>;
	readonly preference?: FakePreference;
	/** Its files, by name. */
	readonly resources?: Readonly<Record<string, Uint8Array>>;
}

/** A device that runs an example: what it traced, and the end of its power. */
export interface Running {
	readonly traced: Lines;
	off(): void;
}

/** The examples in JavaScript of a page, which are modules for a device: the SDK's are those of this machine here. */
export class DeviceExamples {
	readonly all: string[];

	constructor(page: string) {
		this.all = [...readFileSync(page, "utf8").matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code!);
	}

	/** Runs the one with `word` in it. */
	run(word: string, device: Device): Running {
		const found = this.all.filter((code) => code.includes(word));
		if (found.length !== 1) throw new Error(`expected one example with ${word}, got ${found.length}`);
		const traced = new Lines();
		const { platform, off } = powered();
		const known = modules(platform, device);
		const globals = {
			device: {
				network: { mqtt: { io: known["embedded:network/mqtt/client"]!.default, socket: { io: platform.TCP } } },
			},
			trace: (text: string) => traced.push(text),
			ArrayBuffer: { fromString: (text: string) => new TextEncoder().encode(text).buffer },
			String: Object.assign((value: unknown) => `${value}`, {
				fromArrayBuffer: (bytes: ArrayBuffer) => new TextDecoder().decode(bytes),
			}),
		};
		let body = found[0]!
			.replace(/^import \{ (.*) \} from "(.*)";$/gm, 'const { $1 } = modules["$2"];')
			.replace(/^import (\w+) from "(.*)";$/gm, 'const $1 = modules["$2"].default;')
			.replace("export default", "return");
		for (const [text, other] of Object.entries(device.replace)) {
			if (!body.includes(text)) throw new Error(`expected ${text} in the example with ${word}`);
			body = body.replaceAll(text, other);
		}
		new Function("modules", ...Object.keys(globals), body)(known, ...Object.values(globals))();
		return { traced, off };
	}
}

/** What an example may import. */
function modules(platform: Platform, { preference, resources = {} }: Device): Record<string, Record<string, unknown>> {
	return {
		"embedded:network/mqtt/client": {
			default: class extends MQTTClient {
				constructor(options: MQTTClientOptions) {
					super(options, platform);
				}
			},
		},
		"katydid/coap": coap,
		"katydid/drive": drive,
		"katydid/mqtt": mqtt,
		"katydid/websocket": websocket,
		"katydid/xs": { moddablePlatform: () => platform, PreferenceStore },
		"katydid-tls": { TLS: platform.TLS },
		preference: { default: preference ?? new FakePreference() },
		Resource: {
			default: class {
				private readonly bytes: Uint8Array;
				constructor(name: string) {
					this.bytes = resources[name]!;
				}
				slice(): ArrayBuffer {
					return this.bytes.slice().buffer as ArrayBuffer;
				}
			},
		},
		timer: { default: { repeat: (callback: () => void, delay: number) => platform.setTimer(callback, delay) } },
	};
}

type Constructor = new (...options: never[]) => { close(): void };

/** A platform whose sockets and timers are gone when it is `off`. */
function powered(): { platform: Platform; off(): void } {
	const real = nodePlatform("127.0.0.1", Math.random);
	const sockets: { close(): void }[] = [];
	const timers: unknown[] = [];
	let on = true;
	const noted = <Socket>(socket: Socket) =>
		class extends (socket as Constructor) {
			constructor(...options: never[]) {
				super(...options);
				sockets.push(this);
			}
		} as Socket;
	const setTimer = (callback: () => void, delay: number) => {
		const timer = real.setTimer(() => on && callback(), delay);
		timers.push(timer);
		return timer;
	};
	const { TCP, TLS, UDP } = real;
	return {
		platform: { ...real, TCP: noted(TCP), TLS: noted(TLS!), UDP: noted(UDP), setTimer },
		off() {
			on = false;
			for (const socket of sockets) socket.close();
			for (const timer of timers) real.clearTimer(timer);
		},
	};
}
