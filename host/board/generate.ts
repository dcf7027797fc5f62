// SPDX-License-Identifier: MIT
import { CHIPS } from "./chips.ts";
import { type Description, hasNativeUSB } from "./description.ts";
import { fittingsOf, type NamedFitting } from "./fittings.ts";

/** Modules of src/parts that another one there imports. */
export const IMPORTS: Readonly<Record<string, readonly string[]>> = {
	aht10: ["shared-sensor"],
	bh1750: ["shared-sensor"],
	bme280: ["bmp280", "shared-sensor"],
	bmp280: ["shared-sensor"],
	lm75: ["shared-sensor"],
	"pixel-led": ["dimmed-led"],
	"pwm-led": ["dimmed-led"],
	sht3x: ["crc-8", "shared-sensor"],
};

/** JavaScript's share of the RAM, by the name of a preset: as the SDK's own targets have it. */
const MEMORY = {
	standard: { static: 0, chunk: { initial: 78848, incremental: 0 }, heap: { initial: 4928, incremental: 0 } },
	small: { static: 94208, chunk: { initial: 1536, incremental: 512 }, heap: { initial: 512, incremental: 64 } },
};

/** What the SDK adds by itself for a board called wt32_eth01: its older Ethernet, whose C functions have the names of the one that is used. */
const OLDER_ETHERNET = ["*", "esp32/*", "esp32/drivers/enc28j60/*", "esp32/setup/ethernet"].map(
	(files) => `$(MODDABLE)/modules/network/ethernet/${files}`,
);

const MADE = "Made by Katydid from board.json: change that.";

/**
 * The files that the Moddable SDK asks of a board's folder, by name: they are the same for the same description.
 * `parts` is the folder of the built src/parts, as the board's folder sees it.
 */
export function generate(description: Description, parts: string): Record<string, string> {
	const fittings = fittingsOf(description);
	return {
		"manifest.json": `${JSON.stringify(manifest(description, fittings, parts), undefined, "\t")}\n`,
		"board.js": boardModule(fittings),
		"interface.js": interfaceModule(description),
		"host/provider.js": provider(description, fittings),
		...sdkconfig(description),
	};
}

function manifest(description: Description, fittings: NamedFitting[], parts: string): object {
	const chip = CHIPS[description.chip]!;
	const used = fittings.flatMap(({ module }) => [module, ...(IMPORTS[module] ?? [])]);
	const modules = ["assemble", ...new Set(used)]
		.sort()
		.map((module) => [`katydid/parts/${module}`, `${parts}/${module}`]);
	const build = {
		ESP32_SUBCLASS: chip.subclass,
		...(hasNativeUSB(description, chip) && { USE_USB: "2" }),
		...("sdkconfig/sdkconfig.defaults" in sdkconfig(description) && {
			SDKCONFIGPATH: "./sdkconfig",
			PARTITIONS_FILE_FOR_TARGET: "./sdkconfig/partitions.csv",
		}),
	};
	const include = [
		...(ioOf(fittings).includes("NeoPixel") ? ["$(MODULES)/drivers/neopixel/manifest.json"] : []),
		// The SDK includes Wi-Fi's by itself.
		...(description.ethernet ? ["$(MODULES)/io/ethernet/manifest.json"] : []),
	];
	return {
		"//": MADE,
		build,
		...(include.length > 0 && { include }),
		modules: {
			board: "./board",
			"katydid/interface": "./interface",
			...Object.fromEntries(modules),
			...(description.ethernet && { "~": OLDER_ETHERNET }),
		},
		preload: ["board", "katydid/interface", ...modules.map(([name]) => name)],
		creation: MEMORY[description.memory ?? "standard"],
		...(description.ethernet && { defines: { ethernet: ethernet(description) } }),
	};
}

function ethernet({ ethernet }: Description): object {
	const { phy, address, reset, mdc, mdio } = ethernet!;
	return {
		internal: { phy: { address, ...(reset !== undefined && { reset }), [phy]: 1 }, mac: { MDC: mdc, MDIO: mdio } },
	};
}

/** The module `board`: it has what was fitted, and nothing runs before it is called. */
function boardModule(fittings: NamedFitting[]): string {
	const classes = new Map(fittings.map(({ module, part }) => [part, module]));
	const imports = [...classes].map(([part, module]) => `import { ${part} } from "katydid/parts/${module}";\n`);
	const rows = fittings.map(
		({ places, part, options }) => `\t[${JSON.stringify(places)}, ${part}, ${JSON.stringify(options)}],\n`,
	);
	return `// ${MADE}
import device from "embedded:provider/builtin";
import { assemble } from "katydid/parts/assemble";
${imports.sort().join("")}
const fittings = [
${rows.join("")}];

export default (clock) => assemble(fittings, device, clock);
`;
}

/** The module `katydid/interface`: the board's way into the network. */
function interfaceModule({ ethernet }: Description): string {
	const [name, module] = ethernet ? ["Ethernet", "ethernet"] : ["WiFi", "wifi"];
	return `// ${MADE}
import ${name} from "embedded:network/interface/${module}";

export default { wired: ${ethernet !== undefined}, open: (onChanged) => new ${name}({ onChanged }) };
`;
}

/** ECMA-419 §17: which IO there is, and on which pins. */
function provider(description: Description, fittings: NamedFitting[]): string {
	const io = ioOf(fittings);
	const imports = io.map(
		(name) => `import ${name} from "${name === "NeoPixel" ? "neopixel" : `embedded:io/${name.toLowerCase()}`}";\n`,
	);
	const buses = Object.entries(description.i2c ?? {}).map(([name, { data, clock }]) => [name, { data, clock }]);
	const pins = { led: description.led?.pin, button: description.button?.pin };
	return `// ${MADE}
${imports.join("")}
export default {
	I2C: ${JSON.stringify(Object.fromEntries(buses))},
	io: { ${io.join(", ")} },
	pin: ${JSON.stringify(pins)},
};
`;
}

function ioOf(fittings: NamedFitting[]): string[] {
	const wirings = fittings.flatMap(({ options }) => Object.values(options) as { io?: string }[]);
	return [...new Set(wirings.flatMap(({ io }) => io ?? []))].sort();
}

/** What the ESP-IDF is told of memory; without it, it takes 4 MB of flash and no PSRAM for granted. */
function sdkconfig({ flash = "4MB", psram }: Description): Record<string, string> {
	if (flash === "4MB" && psram === undefined) return {};
	const sizes = ["2MB", "4MB", "8MB", "16MB"].map(
		(size) => `CONFIG_ESPTOOLPY_FLASHSIZE_${size}=${size === flash ? "y" : "n"}`,
	);
	const memory = psram === undefined ? [] : psramOptions(psram);
	// The first 64 KB are the boot loader's and this table's.
	const app = Number.parseInt(flash, 10) * 0x100000 - 0x10000;
	return {
		"sdkconfig/sdkconfig.defaults": [`# ${MADE}`, ...sizes, ...memory, ""].join("\n"),
		"sdkconfig/partitions.csv": `# ${MADE}
nvs,      data, nvs,     0x9000,  0x6000,
phy_init, data, phy,     0xf000,  0x1000,
factory,  app,  factory, 0x10000, 0x${app.toString(16)},
`,
	};
}

function psramOptions(kind: string): string[] {
	const octal = kind === "octal";
	return [
		"CONFIG_SPIRAM=y",
		`CONFIG_SPIRAM_MODE_OCT=${octal ? "y" : "n"}`,
		`CONFIG_SPIRAM_MODE_QUAD=${octal ? "n" : "y"}`,
		"CONFIG_SPIRAM_IGNORE_NOTFOUND=y",
		"CONFIG_SPIRAM_USE_MALLOC=y",
	];
}
