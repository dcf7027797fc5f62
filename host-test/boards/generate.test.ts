// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { checkBoard } from "../../host/board/check.ts";
import { CHIPS } from "../../host/board/chips.ts";
import type { Description } from "../../host/board/description.ts";
import { fittingsOf } from "../../host/board/fittings.ts";
import { boardFolder, boardNames } from "../../host/board/folders.ts";
import { generate, IMPORTS } from "../../host/board/generate.ts";
import { lack, partsOf } from "../../host/board/parts.ts";
import { SENSORS } from "../../host/board/sensors.ts";
import { needs } from "../../src/main.ts";

const descriptionOf = (name: string) => checkBoard(boardFolder(name)).description!;
const chipped = boardNames().filter((name) => CHIPS[descriptionOf(name).chip]!.subclass);
const filesOf = (description: Description) => generate(description, "../../dist/parts");

/** The keys of a board's manifest that the SDK documents (documentation/tools/manifest.md) or its targets have. */
const MANIFEST = {
	type: "object",
	additionalProperties: false,
	required: ["build", "modules", "preload", "creation"],
	properties: {
		"//": { type: "string" },
		build: {
			type: "object",
			additionalProperties: false,
			required: ["ESP32_SUBCLASS"],
			properties: {
				ESP32_SUBCLASS: { enum: ["esp32", "esp32s3", "esp32c3", "esp32c6"] },
				USE_USB: { const: "2" },
				SDKCONFIGPATH: { type: "string" },
				PARTITIONS_FILE_FOR_TARGET: { type: "string" },
			},
		},
		include: { type: "array", items: { pattern: "^\\$\\((MODDABLE|MODULES)\\)/.*/manifest\\.json$" } },
		modules: {
			type: "object",
			required: ["board"],
			properties: { "~": { type: "array", items: { pattern: "^\\$\\(MODDABLE\\)/" } } },
			additionalProperties: { type: "string", not: { pattern: "\\.js$" } },
		},
		preload: { type: "array", items: { type: "string" } },
		creation: {
			type: "object",
			additionalProperties: false,
			required: ["static", "chunk", "heap"],
			properties: {
				static: { type: "integer" },
				chunk: { $ref: "#/definitions/memory" },
				heap: { $ref: "#/definitions/memory" },
			},
		},
		defines: { type: "object" },
	},
	definitions: {
		memory: {
			type: "object",
			required: ["initial", "incremental"],
			properties: { initial: { type: "integer" }, incremental: { type: "integer" } },
		},
	},
};

/** What a module imports. */
function importsOf(source: string): string[] {
	return ts.preProcessFile(source).importedFiles.map(({ fileName }) => fileName);
}

describe.each(chipped)("the board %s", (name) => {
	const files = filesOf(descriptionOf(name));
	const manifest = JSON.parse(files["manifest.json"]!);

	test("has a manifest that the SDK understands", () => {
		const validate = new Ajv({ allErrors: true }).compile(MANIFEST);
		validate(manifest);
		expect(validate.errors).toBeNull();
	});

	test("maps and preloads every module that it needs, and no other", () => {
		const wanted = importsOf(files["board.js"]!).filter((specifier) => specifier.startsWith("katydid/"));
		const all = new Set(wanted);
		for (const specifier of all)
			for (const module of IMPORTS[specifier.slice("katydid/parts/".length)] ?? []) all.add(`katydid/parts/${module}`);
		const modules = ["board", "katydid/interface", ...all].sort();
		expect(Object.keys({ ...manifest.modules, "~": undefined }).sort()).toEqual([...modules, "~"]);
		expect([...manifest.preload].sort()).toEqual(modules);
	});

	test("provides each IO class that a part is given, by the SDK's name", () => {
		const given = new Set(files["board.js"]!.match(/(?<="io":")\w+/g));
		const provided = new Map(
			[...files["host/provider.js"]!.matchAll(/^import (\w+) from "(.*)";$/gm)].map(([, io, module]) => [io, module]),
		);
		expect(new Set(provided.keys())).toEqual(given);
		for (const [io, module] of provided)
			expect(module).toBe(io === "NeoPixel" ? "neopixel" : `embedded:io/${io!.toLowerCase()}`);
	});

	test("runs nothing when it is loaded, so that it may be preloaded", () => {
		for (const file of ["board.js", "host/provider.js", "interface.js"]) {
			const source = ts.createSourceFile(file, files[file]!, ts.ScriptTarget.Latest);
			expect(source.statements.every((statement) => !ts.isExpressionStatement(statement))).toBe(true);
			expect(files[file]!.replace("(onChanged) => new ", "")).not.toMatch(/\bnew \b/);
		}
	});

	test("has what the thermostat needs", () => {
		expect(lack("main", needs, name, descriptionOf(name))).toBeUndefined();
	});
});

test("flash and PSRAM of another size come with an sdkconfig, and a partition that fills the flash", () => {
	expect(filesOf(descriptionOf("esp32"))).not.toHaveProperty("sdkconfig/sdkconfig.defaults");
	const files = filesOf(descriptionOf("xiao_esp32s3"));
	expect(files["sdkconfig/sdkconfig.defaults"]).toMatch(/^CONFIG_ESPTOOLPY_FLASHSIZE_8MB=y$/m);
	expect(files["sdkconfig/sdkconfig.defaults"]).toMatch(/^CONFIG_ESPTOOLPY_FLASHSIZE_4MB=n$/m);
	expect(files["sdkconfig/sdkconfig.defaults"]).toMatch(/^CONFIG_SPIRAM_MODE_OCT=y$/m);
	expect(files["sdkconfig/partitions.csv"]).toMatch(/^factory, +app, +factory, 0x10000, 0x7f0000,$/m);
	const manifest = JSON.parse(files["manifest.json"]!);
	expect(manifest.build).toEqual({
		ESP32_SUBCLASS: "esp32s3",
		USE_USB: "2",
		SDKCONFIGPATH: "./sdkconfig",
		PARTITIONS_FILE_FOR_TARGET: "./sdkconfig/partitions.csv",
	});
});

test("Ethernet is described as the SDK's own target does", () => {
	const manifest = JSON.parse(filesOf(descriptionOf("wt32_eth01"))["manifest.json"]!);
	expect(manifest.include).toEqual(["$(MODULES)/io/ethernet/manifest.json"]);
	expect(filesOf(descriptionOf("wt32_eth01"))["interface.js"]).toContain('from "embedded:network/interface/ethernet"');
	expect(filesOf(descriptionOf("esp32"))["interface.js"]).toContain('from "embedded:network/interface/wifi"');
	expect(manifest.defines).toEqual({
		ethernet: { internal: { phy: { address: 1, reset: 16, LAN87XX: 1 }, mac: { MDC: 23, MDIO: 18 } } },
	});
});

test("a button on a pin that the chip cannot pull is not pulled", () => {
	const description = { title: "a", chip: "esp32", button: { pin: 39 } };
	expect(fittingsOf(description)[0]!.options).toEqual({ input: { io: "Digital", pin: 39, pull: false } });
});

test("what a part imports is listed", () => {
	const files = readdirSync("src/parts").map((file) => file.replace(/\.ts$/, ""));
	for (const file of files) {
		const source = readFileSync(`src/parts/${file}.ts`, "utf8");
		// Types are gone when it is built.
		const built = ts.transpile(source, { verbatimModuleSyntax: true, target: ts.ScriptTarget.ES2024 });
		const imports = importsOf(built).map((specifier) => specifier.replace(/^\.\/(.*)\.ts$/, "$1"));
		const indirect = imports.flatMap((module) => IMPORTS[module] ?? []);
		expect([file, [...new Set([...imports, ...indirect])].sort()]).toEqual([file, [...(IMPORTS[file] ?? [])].sort()]);
	}
});

test("every sensor of the schema is known, has a part, and an address that the schema takes", () => {
	const schema = JSON.parse(readFileSync("boards/board.schema.json", "utf8"));
	const { properties, allOf } = schema.properties.sensors.items;
	expect(properties.sensor.enum).toEqual(Object.keys(SENSORS).sort());
	const i2c = Object.keys(SENSORS).filter((name) => SENSORS[name]!.i2c);
	expect(allOf[0].if.properties.sensor.enum).toEqual(i2c.sort());
	for (const { module, part, gives } of Object.values(SENSORS)) {
		expect(readFileSync(`src/parts/${module}.ts`, "utf8")).toMatch(new RegExp(`export class ${part}\\b`));
		expect(gives.length).toBeGreaterThan(0);
	}
	expect(schema.properties.chip.enum).toEqual(Object.keys(CHIPS));
});

describe("what a board has", () => {
	const description: Description = {
		title: "a",
		chip: "esp32",
		i2c: { default: { data: 21, clock: 22 } },
		led: { pin: 4, drive: "pwm" },
		extras: { fan: { is: "relay", pin: 5 }, status: { is: "led", pin: 13, drive: "neopixel" } },
		sensors: [{ sensor: "lm75" }, { sensor: "bme280", as: "outdoor" }],
	};

	test("is what it was fitted with, extras by their names", () => {
		expect([...partsOf(description)]).toEqual([
			"led",
			"led.brightness",
			"relay:fan",
			"led:status",
			"led.brightness:status",
			"led.color:status",
			"thermometer",
			"thermometer:outdoor",
			"hygrometer:outdoor",
			"barometer:outdoor",
		]);
	});

	test("is told to an app that needs more, with the boards that have it", () => {
		expect(lack("main", ["led", "relay:fan", "hygrometer:outdoor"], "mine", description)).toBeUndefined();
		expect(lack("main", ["led.color", "barometer"], "mine", description)).toBe(
			"the app main needs led.color and barometer, which the board mine has not: add it to its board.json; these have all that it needs: esp32c6, sim",
		);
		expect(lack("main", ["relay:pump"], "mine", description)).toBe(
			"the app main needs relay:pump, which the board mine has not: add it to its board.json; no board has all that it needs",
		);
	});
});
