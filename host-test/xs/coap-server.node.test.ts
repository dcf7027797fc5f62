// SPDX-License-Identifier: MIT
// libcoap's client against the CoAP server on XS.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LossyRelay } from "../support/lossy-relay.ts";
import { coapClient, freePort } from "../support/processes.ts";
import { boot, type Engine } from "./engine.ts";

const SIZES = [16, 32, 64, 128, 256, 512, 1024];
const letters = (length: number) => "abcdefghijklmnopqrstuvwxyz".repeat(160).slice(0, length);
const folder = mkdtempSync(join(tmpdir(), "katydid-xs-coap-"));

let engine: Engine;
let port: number;

beforeAll(async () => {
	engine = await boot(fileURLToPath(new URL("coap-server.ts", import.meta.url)));
	port = await freePort("udp");
	engine.call("start", port);
});

afterAll(() => {
	engine?.close();
	rmSync(folder, { recursive: true });
});

const url = (path: string, at = port) => `coap://127.0.0.1:${at}/${path}`;

/** What the client prints, and what it says went wrong. */
async function coap(...parameters: string[]): Promise<string> {
	const client = coapClient(...parameters);
	await client.ended;
	return [...client.output.all, ...client.errors.all].filter(Boolean).join("\n");
}

for (const flags of [[], ["-N"]])
	describe(flags.length > 0 ? "NON" : "CON", () => {
		test("every method is answered", async () => {
			for (const method of ["get", "put", "post", "delete", "fetch", "patch", "ipatch"]) {
				const payload = method === "get" || method === "delete" ? [] : ["-e", "x"];
				const name = method === "ipatch" ? "iPATCH" : method.toUpperCase();
				expect(await coap(...flags, "-m", method, ...payload, url("any"))).toBe(`${name} ${payload[1] ?? ""}`);
			}
			expect(await coap(...flags, url("none"))).toMatch(/^4\.04/);
		});

		test("a promised answer comes later", async () => {
			expect(await coap(...flags, url("later"))).toBe("later");
		});

		test("an observer is told of a change", async () => {
			const client = coapClient(...flags, "-s", "60", url("count"));
			const first = Number(await client.output.line(/^\d+$/));
			engine.call("count");
			await client.output.line(new RegExp(`^${first + 1}$`));
			await client.stop();
		});
	});

describe("blocks", () => {
	for (const size of SIZES)
		test(`of ${size} bytes carry a body each way`, async () => {
			const length = Math.min(4160, 4 * size + 7);
			const file = join(folder, `${size}`);
			writeFileSync(file, letters(length));
			expect(await coap("-m", "get", "-b", `${size}`, url(`down/${length}`))).toBe(letters(length));
			expect(await coap("-m", "post", "-b", `${size}`, "-f", file, url("up"))).toBe(`${length} true`);
		});

	test("carry one over a link that loses a tenth each way", async () => {
		const relay = await LossyRelay.start(port, 0.1, 3);
		expect(await coap("-m", "get", "-b", "64", url("down/519", relay.port))).toBe(letters(519));
		expect(relay.lost).toBeGreaterThan(0);
		relay.close();
	});
});

test("the server had nothing to report", () => {
	expect(engine.lines.all.filter((line) => line.startsWith("error"))).toEqual([]);
});
