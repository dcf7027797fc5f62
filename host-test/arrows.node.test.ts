// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

/** Who lives where: an import goes down this list, never up nor across, and only to a room's entry. */
const FLOORS = [
	["src/board.ts", "src/configuration.ts", "src/device.ts"],
	["boards/*", "src/parts", "src/wire"],
	["src/mqtt", "src/coap", "src/network"],
	["src/thing"],
	["src/drive"],
	["src/websocket", "src/ecma419"],
	["src/xs", "src/run.ts"],
	["src/runtime"],
	["src/chip"],
	["src/main.ts", "src/start.ts", "src/mqtt-client.ts", "src/apps"],
	["host"],
];
/** Who may import the Moddable SDK's modules, which are those that src/xs/moddable.d.ts and the types it refers to declare. */
const ON_DEVICE = ["boards/*", "src/chip", "src/xs", "src/start.ts"];
/** Who imports the library by the names that it has outside. */
const OUTSIDE = ["src/main.ts", "src/apps", "src/mqtt-client.ts"];
const MODULES = declared("src/xs/moddable.d.ts");

function declared(file: string): string[] {
	const { ambientExternalModules, typeReferenceDirectives } = ts.preProcessFile(readFileSync(file, "utf8"));
	const others = typeReferenceDirectives.flatMap(({ fileName }) => declared(`node_modules/${fileName}.d.ts`));
	return [...(ambientExternalModules ?? []), ...others];
}

/** Each import of `file` that must not be, as `file:line imports specifier`. */
function violations(file: string, source: string): string[] {
	return ts
		.preProcessFile(source, true, true)
		.importedFiles.filter(({ fileName }) => !allowed(file, fileName))
		.map(({ fileName, pos }) => `${file}:${source.slice(0, pos).split("\n").length} imports ${fileName}`);
}

function allowed(file: string, specifier: string): boolean {
	const room = roomOf(file);
	if (!specifier.startsWith(".")) {
		if (
			room === "host" ||
			(OUTSIDE.includes(room) && /^katydid(\/(mqtt|coap|drive|websocket|run|xs)|-ecma419)?$/.test(specifier))
		)
			return true;
		return ON_DEVICE.includes(room) && MODULES.includes(specifier);
	}
	const target = posix.join(posix.dirname(file), specifier);
	if (folderOf(target) === folderOf(file)) return true;
	const isEntry =
		folderOf(target) === target ||
		/^src\/(\w+\/index|coap\/(client|client-tcp|tcp-server))\.ts$|^boards\/\w+\/board\.ts$/.test(target);
	return isEntry && floorOf(roomOf(target)) < floorOf(room);
}

/** `src/mqtt` of `src/mqtt/ping.ts`, `src/main.ts` of itself, `host` of `host/io/tcp.ts`. */
function folderOf(file: string): string {
	return file.split("/", file.startsWith("host/") ? 1 : 2).join("/");
}

function roomOf(file: string): string {
	return folderOf(file).replace(/^boards\/.*/, "boards/*");
}

function floorOf(room: string): number {
	const floor = FLOORS.findIndex((rooms) => rooms.includes(room));
	if (floor < 0) throw new Error(`${room} is on no floor`);
	return floor;
}

test("imports go down, to the entry of a room, and on the device to nothing but the device's modules", () => {
	const files = ["src", "boards", "host"].flatMap((folder) =>
		readdirSync(folder, { recursive: true, encoding: "utf8" })
			.filter((file) => file.endsWith(".ts"))
			.map((file) => posix.join(folder, file)),
	);
	expect(files).toContain("src/wire/index.ts");
	expect(files.flatMap((file) => violations(file, readFileSync(file, "utf8")))).toEqual([]);
});

for (const [what, file, specifier] of [
	["up", "src/wire/reader.ts", "../mqtt/index.ts"],
	["across", "src/mqtt/client.ts", "../coap/index.ts"],
	["past an entry", "src/thing/thing.ts", "../wire/reader.ts"],
	["from host past an entry", "host/io/tcp.ts", "../../src/wire/reader.ts"],
	["to Node", "src/drive/alarm.ts", "node:timers"],
	["to a package", "src/main.ts", "mqtt"],
	["to the SDK from a protocol", "src/coap/server.ts", "timer"],
	["from a board to a protocol", "boards/esp32/board.ts", "../../src/mqtt/index.ts"],
	["from board to board", "boards/esp32/board.ts", "../sim/board.ts"],
	["out of the device", "src/start.ts", "../host/cli.ts"],
] as const) {
	for (const form of ["import { a } from", "import type { A } from", "export * from", "import", "const a = import("]) {
		const source = `// one line before\n${form} "${specifier}"${form.endsWith("(") ? ")" : ""};\n`;
		test(`an arrow ${what} is found: ${form}`, () => {
			expect(violations(file, source)).toEqual([`${file}:2 imports ${specifier}`]);
		});
	}
}
