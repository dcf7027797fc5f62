// SPDX-License-Identifier: MIT
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diagnose } from "../../host/build/doctor.ts";
import { explain } from "../../host/build/explain.ts";
import { choosePort, meaning } from "../../host/build/monitor.ts";
import { phaseOf } from "../../host/build/progress.ts";
import { serialPorts } from "../../host/build/sdk.ts";
import { moduleSizes, sizeLines } from "../../host/build/sizes.ts";

const root = mkdtempSync(join(tmpdir(), "katydid-tools-"));
afterAll(() => rmSync(root, { recursive: true }));

// As mcconfig, make, idf.py, pyserial and esptool print them.
const outputs: [printed: string, meaning: string][] = [
	["Error: MODDABLE: variable not found!", "MODDABLE is not set: katydid doctor says what to do"],
	[
		"# Error: $IDF_PATH not set. See set-up instructions at https://…",
		"ESP-IDF is not set up: xs-dev setup --device esp32, then open a new terminal",
	],
	[
		"Expected ESP IDF v6.0, found v5.5.1",
		"the Moddable SDK needs ESP-IDF v6.0, IDF_PATH has v5.5.1: git -C $IDF_PATH checkout v6.0, then install it again",
	],
	[
		"bash: line 1: idf.py: command not found",
		"idf.py is not there: run $IDF_PATH/install.sh, then $IDF_PATH/export.sh",
	],
	[
		"Failed to find a suitable device. Check your connections or set UPLOAD_PORT",
		"no board answers: plug it in, or say which port with --port; katydid doctor lists them",
	],
	[
		"could not open port /dev/ttyUSB0: [Errno 13] Permission denied: '/dev/ttyUSB0'",
		"/dev/ttyUSB0 may not be opened: sudo usermod -aG dialout $USER, then log in again",
	],
	[
		"could not open port '/dev/ttyUSB0': [Errno 2] No such file or directory",
		"there is no port /dev/ttyUSB0: plug the board in; katydid doctor lists the ports",
	],
	[
		"Could not open /dev/ttyACM0, the port is busy or doesn't exist.",
		"another program has the port: close it (a monitor, xsbug) and try again",
	],
	[
		"A fatal error occurred: This chip is ESP32-S3, not ESP32. Wrong chip argument?",
		"the board that is plugged in has an ESP32-S3, this one is for an ESP32: choose another board",
	],
	[
		"A fatal error occurred: Failed to connect to ESP32: No serial data received.",
		"the board does not listen: hold its BOOT button, press RESET, let go, and try again; or use another cable",
	],
	[
		"Error: app partition is too small for binary xs_esp32.bin size 0x4a0000",
		'the program does not fit: give board.json the right "flash", or leave parts out',
	],
	[
		"xtensa-esp32-elf/bin/ld: region `dram0_0_seg' overflowed by 4212 bytes",
		'the program does not fit: 4212 bytes too many in dram0_0_seg; leave parts out, or choose a smaller "memory"',
	],
	["src/a.js:12: error: missing )!", "src/a.js:12: missing )!"],
	[
		'### ReferenceError: module "katydid/parts/lm75" not found!',
		"there is no module \"katydid/parts/lm75\": npm run build makes Katydid's; the SDK's are in a manifest to include",
	],
	[
		"bash: line 1: /opt/idf/export.sh: No such file or directory",
		"there is no ESP-IDF in /opt/idf, which is IDF_PATH: xs-dev setup --device esp32",
	],
	["'/x/manifest.json': manifest not found!", "there is no /x/manifest.json: npm run build makes what is missing"],
	["ESP-IDF Build Failed", "ESP-IDF could not build it"],
];

describe("what the tools print is told in a sentence:", () => {
	for (const [printed, meaning] of outputs)
		test(printed, () => expect(explain(`# xsc a.xsb\n${printed}\nmake: *** [all] Error 1\n`)).toBe(meaning));

	test("what is not known is not guessed", () => expect(explain("make: *** [all] Error 1")).toBeUndefined());
});

test("where the tools are is seen in what they print", () => {
	for (const [line, phase] of [
		["# xsc app.xsb", "compiling modules"],
		["# xsl modules", "linking modules"],
		["# cc xsmc.c.o", "compiling the engine"],
		["# Reconfiguring ESP-IDF...", "setting ESP-IDF up"],
		["[512/1024] Building C object esp-idf/x.obj", "building ESP-IDF 50 %"],
		["Connecting.....", "connecting with the board"],
		["Writing at 0x00010000... (12 %)", "flashing 12 %"],
		["Writing at 0x00010000 [===>   ]  57.5% 100/200 bytes...", "flashing 57 %"],
		["Hash of data verified.", "verifying"],
		["hello", undefined],
	] as const)
		expect(phaseOf(line)).toBe(phase);
});

test("modules are listed by what they take", () => {
	const folder = join(root, "modules");
	mkdirSync(join(folder, "~.embedded/io"), { recursive: true });
	writeFileSync(join(folder, "app.xsb"), "1234");
	writeFileSync(join(folder, "app.xsi"), "not bytecode");
	writeFileSync(join(folder, "~.embedded/io/i2c.xsb"), "x".repeat(1234));
	expect(sizeLines(moduleSizes(folder))).toEqual([
		"1,234  embedded:io/i2c",
		"    4  app",
		"1,238  2 modules, bytes of bytecode",
	]);
});

describe("a serial port", () => {
	const dev = join(root, "dev");
	beforeAll(() => {
		mkdirSync(dev);
		for (const name of ["ttyUSB0", "ttyACM1", "cu.usbserial-1", "tty1", "null"]) writeFileSync(join(dev, name), "");
	});

	test("is one that a board may be on", () => {
		expect(serialPorts(dev).map((port) => port.slice(dev.length + 1))).toEqual([
			"cu.usbserial-1",
			"ttyACM1",
			"ttyUSB0",
		]);
		expect(serialPorts(join(dev, "none"))).toEqual([]);
	});

	test("that cannot be read is told in a sentence", () => {
		for (const [message, sentence] of [
			[
				"stty: /dev/ttyUSB0: Permission denied",
				"/dev/ttyUSB0 may not be opened: sudo usermod -aG dialout $USER, then log in again",
			],
			[
				"EBUSY: resource busy or locked, open '/dev/ttyUSB0'",
				"another program has /dev/ttyUSB0: close it and try again",
			],
			["EIO: i/o error, read", "/dev/ttyUSB0: EIO: i/o error, read"],
		] as const)
			expect(meaning("/dev/ttyUSB0", new Error(message))).toBe(sentence);
	});

	test("is chosen when there is one, and asked for when there are more", () => {
		expect(choosePort(join(dev, "null"), [])).toBe(join(dev, "null"));
		expect(choosePort(undefined, ["/dev/a"])).toBe("/dev/a");
		expect(() => choosePort(undefined, ["/dev/a", "/dev/b"])).toThrow(
			"there are /dev/a and /dev/b: say which with --port",
		);
		expect(() => choosePort(undefined, [])).toThrow("no board is plugged in, or its cable carries no data");
		expect(() => choosePort("/none", [])).toThrow("there is no port /none: plug the board in");
	});
});

describe("the doctor of the tools", () => {
	const sdk = join(root, "sdk");
	const idf = join(root, "idf");
	const bin = join(root, "bin");
	const said = (name: string, environment: NodeJS.ProcessEnv, folder = join(root, "no-ports")) =>
		diagnose({ PATH: "", ...environment }, folder).find((need) => need.name === name);
	beforeAll(() => {
		for (const folder of [join(sdk, "typings"), join(sdk, "build/devices/esp32"), idf, bin])
			mkdirSync(folder, { recursive: true });
		writeFileSync(join(bin, "mcconfig"), "");
		chmodSync(join(bin, "mcconfig"), 0o755);
	});

	test("knows what may be wrong with the Moddable SDK", () => {
		expect(said("Moddable SDK", {})?.what).toMatch(/^MODDABLE is not set: xs-dev setup/);
		expect(said("Moddable SDK", { MODDABLE: "/none" })?.what).toBe(
			"MODDABLE is /none, which is not there: xs-dev setup",
		);
		expect(said("Moddable SDK", { MODDABLE: sdk })?.what).toMatch(/^the tools of the Moddable SDK in .* are not built/);
		expect(said("Moddable SDK", { MODDABLE: sdk, PATH: bin })).toEqual({
			name: "Moddable SDK",
			ready: true,
			what: `of unknown version in ${sdk}`,
		});
	});

	test("knows what may be wrong with ESP-IDF", () => {
		const manifest = join(sdk, "build/devices/esp32/manifest.json");
		writeFileSync(manifest, '{ "build": { "EXPECTED_ESP_IDF": "v7.1" } }');
		const environment = { MODDABLE: sdk, PATH: bin };
		expect(said("ESP-IDF", environment)?.what).toMatch(/^IDF_PATH is not set/);
		expect(said("ESP-IDF", { ...environment, IDF_PATH: "/none" })?.what).toMatch(
			/^IDF_PATH is \/none, which is not there/,
		);
		expect(said("ESP-IDF", { ...environment, IDF_PATH: idf })?.what).toMatch(/^there is none in /);
		writeFileSync(join(idf, "version.txt"), "v6.0");
		expect(said("ESP-IDF", { ...environment, IDF_PATH: idf })?.what).toMatch(
			/^v6\.0 in .*, the SDK needs v7\.1: git -C/,
		);
		writeFileSync(join(idf, "version.txt"), "v7.1.2");
		expect(said("ESP-IDF", { ...environment, IDF_PATH: idf })?.what).toMatch(/ is not installed: run its install\.sh$/);
		writeFileSync(join(idf, "export.sh"), "");
		expect(said("ESP-IDF", { ...environment, IDF_PATH: idf })?.ready).toBe(true);
		writeFileSync(join(idf, "version.txt"), "v7.10");
		expect(said("ESP-IDF", { ...environment, IDF_PATH: idf })?.ready).toBe(false);
	});

	test("knows what may be wrong with the serial port", () => {
		expect(said("serial port", {})?.what).toBe("none: plug a board in, with a cable that carries data");
		expect(said("serial port", {}, join(root, "dev"))?.what).toMatch(/: say which with --port$/);
		expect(said("serial port", { UPLOAD_PORT: "/none" }, join(root, "dev"))?.what).toMatch(
			/^UPLOAD_PORT is \/none, which is not there: plug the board in; there is .*ttyUSB0$/,
		);
	});

	test("finds Node and TypeScript here", () => {
		expect(said("Node", {})?.ready).toBe(true);
		expect(said("TypeScript", {})?.ready).toBe(true);
	});
});
