// SPDX-License-Identifier: MIT
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { nvsTable, provisionSteps } from "../../host/provision/nvs.ts";
import {
	flashable,
	parseSecrets,
	readSecrets,
	refuseSecrets,
	secretsIn,
	secretsOf,
} from "../../host/provision/secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "katydid-secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PASSWORD = 'corrëct "horse" & battery/staple';
const HOME = { wifi: [{ ssid: "home", password: PASSWORD }], broker: "mqtt://me:t%C3%B6p%20secret@10.0.0.1" };
const SECRETS = secretsOf(HOME);

describe("secrets are read", () => {
	test("from a file, a pipe, or nowhere", () => {
		const file = join(folder, "secrets.json");
		writeFileSync(file, JSON.stringify(HOME));
		expect(readSecrets(file)).toEqual(HOME);
		expect(readSecrets()).toBeUndefined();
		expect(() => readSecrets(join(folder, "none.json"))).toThrow("cannot be read (ENOENT)");
	});

	for (const [json, message] of [
		[
			'{ "wifi": [{ "ssid": "home", "password": "hunter2" }] }',
			"s.json:1:42: error: wifi[0].password: expected 8 to 63 bytes, got 7",
		],
		[`{ "wifi": [{ "ssid": "home", "password": "${"hunter".repeat(11)}" }] }`, "expected 8 to 63 bytes, got 66"],
		['{ "wifi": [{ "ssid": "home", "password": 12341234 }] }', "wifi[0].password: expected text"],
		[
			'{ "wifi": [{ "ssid": "home", "pasword": "hunter22" }] }',
			'unknown key "pasword" in wifi[0]: expected ssid or password; did you mean "password"?',
		],
		['{ "broker": "http://me:hunter22@a" }', "s.json: broker: expected mqtt://"],
		['{ "wifi": "hunter22', "not JSON"],
		["[]", "s.json:1:1"],
	] as const)
		test(`${json.slice(0, 50)} is refused, and not shown`, () => {
			let said = "";
			try {
				parseSecrets(json, "s.json");
			} catch (error) {
				said = (error as Error).message;
			}
			expect(said).toContain(message);
			expect(said).not.toMatch(/hunter|12341234/);
		});

	test("an open network and a key of 64 digits are taken", () => {
		const wifi = [{ ssid: "a" }, { ssid: "b", password: "" }, { ssid: "c", password: `${"0aF".repeat(21)}0` }];
		expect(parseSecrets(JSON.stringify({ wifi }), "s.json")).toEqual({ wifi });
	});
});

test("the secrets of a configuration are its passwords", () => {
	expect(SECRETS).toEqual([
		{ name: 'the password of the network "home"', value: PASSWORD },
		{ name: "the password of the broker", value: "töp secret" },
	]);
	expect(secretsOf({ wifi: [{ ssid: "open" }], broker: "mqtt://me@a" })).toEqual([]);
	expect(secretsOf({})).toEqual([]);
});

describe("a secret in an image is found", () => {
	const { value } = SECRETS[0]!;
	const forms: [string, Buffer][] = [
		["as it is", Buffer.from(value)],
		["as JSON", Buffer.from(JSON.stringify({ value }))],
		["in a URL", Buffer.from(encodeURIComponent(value))],
		["in UTF-16", Buffer.from(value, "utf16le")],
		["in Base64", Buffer.from(Buffer.from(value).toString("base64"))],
		["in Base64 after one byte", Buffer.from(Buffer.from(`:${value}`).toString("base64"))],
		["in Base64 of user and password", Buffer.from(Buffer.from(`me:${value}`).toString("base64"))],
		["in Base64 between others", Buffer.from(Buffer.from(`user1:${value}:x`).toString("base64"))],
	];
	for (const [what, bytes] of forms)
		test(what, () => {
			const image = Buffer.concat([Buffer.alloc(1000, 0xff), bytes, Buffer.alloc(1000)]);
			expect(secretsIn(image, SECRETS).map(({ name }) => name)).toEqual(['the password of the network "home"']);
			// One that is cut is none.
			expect(secretsIn(image.subarray(0, 1000 + Math.floor(bytes.length / 2)), SECRETS)).toEqual([]);
		});

	test("but not in one without, nor one that is too short to tell", () => {
		expect(secretsIn(Buffer.alloc(100_000, "correct horse "), SECRETS)).toEqual([]);
		expect(secretsIn(Buffer.from("abcabc"), [{ name: "x", value: "abc" }])).toEqual([]);
		expect(secretsIn(Buffer.from("abcdabc"), [{ name: "x", value: "abcd" }])).toHaveLength(1);
	});

	test("in any file of what is flashed, which is named, and the secret is not", () => {
		mkdirSync(join(folder, "bin", "deep"), { recursive: true });
		writeFileSync(join(folder, "bin", "boot.bin"), "fine");
		refuseSecrets(join(folder, "bin"), SECRETS);
		refuseSecrets(join(folder, "no such folder"), []);
		writeFileSync(join(folder, "bin", "deep", "xs_esp32.bin"), `ab${value}cd`);
		let said = "";
		try {
			refuseSecrets(join(folder, "bin"), SECRETS);
		} catch (error) {
			said = (error as Error).message;
		}
		expect(said).toMatch(/^the password of the network "home" is in .*xs_esp32\.bin, which would be flashed/);
		expect(said).not.toContain(value);
	});
});

test("a configuration with a password is not flashed", () => {
	expect(flashable({ broker: "mqtt://me@a", wifi: [{ ssid: "home" }] })).toEqual({
		broker: "mqtt://me@a",
		wifi: [{ ssid: "home" }],
	});
	expect(() => flashable({ broker: "mqtt://me:hunter22@a" })).toThrow(
		/^the password of the broker is configured, and would be flashed/,
	);
	expect(() => flashable(HOME)).toThrow('the password of the network "home"');
	expect(() => flashable({ broker: "mqtt://" })).toThrow("configuration: broker: expected");
});

describe("provisioning", () => {
	test("is a table for ESP-IDF's generator", () => {
		expect(nvsTable({ wifi: [{ ssid: 'a "b", c', password: "12345678" }] })).toBe(
			'key,type,encoding,value\nkatydid,namespace,,\nprovision,data,string,"{""wifi"":[{""ssid"":""a \\""b\\"", c"",""password"":""12345678""}]}"\n',
		);
		expect(() => nvsTable({ title: "x".repeat(4000) })).toThrow("expected 3999 bytes of secrets at most, got 4012");
	});

	test("makes a partition of it, and flashes that alone", () => {
		const idf = join(folder, "idf");
		const tools = join(idf, "components", "nvs_flash", "nvs_partition_generator");
		expect(() => provisionSteps("/t", undefined, {})).toThrow("IDF_PATH is not set");
		expect(() => provisionSteps("/t", undefined, { IDF_PATH: idf })).toThrow("expected an ESP-IDF in IDF_PATH");
		mkdirSync(tools, { recursive: true });
		writeFileSync(join(tools, "nvs_partition_gen.py"), "");
		const [make, flash] = provisionSteps("/t", "/dev/ttyUSB0", { IDF_PATH: idf, IDF_PYTHON_ENV_PATH: "/python" });
		expect(make).toEqual({
			command: "/python/bin/python",
			parameters: [join(tools, "nvs_partition_gen.py"), "generate", "/t/nvs.csv", "/t/nvs.bin", "0x6000"],
		});
		expect(flash!.parameters).toEqual([
			"-m",
			"esptool",
			"--port",
			"/dev/ttyUSB0",
			"write_flash",
			"0x9000",
			"/t/nvs.bin",
		]);
		const [, other] = provisionSteps("/t", undefined, { IDF_PATH: idf, UPLOAD_PORT: "COM3" });
		expect(other!.parameters.slice(0, 4)).toEqual(["-m", "esptool", "--port", "COM3"]);
	});
});
