// SPDX-License-Identifier: MIT
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import typescript from "@rollup/plugin-typescript";

/** The library's rooms: one module each, which the device maps and preloads by name. */
const rooms = ["wire", "mqtt", "coap", "thing", "drive", "xs"];

const apps = readdirSync("src/apps").map((file) => [`apps/${basename(file, ".ts")}`, `src/apps/${file}`]);

export default {
	input: {
		...Object.fromEntries(rooms.map((room) => [`katydid/${room}`, `src/${room}/index.ts`])),
		...Object.fromEntries(apps),
		main: "src/main.ts",
		"boards/sim": "boards/sim/board.ts",
		"boards/esp32": "boards/esp32/board.ts",
		cli: "host/cli.ts",
	},
	output: { dir: "dist", format: "es", chunkFileNames: "[name].js" },
	// Relative modules are ours; everything else is Node's, npm's or the Moddable SDK's, and stays an import.
	external: (id) => !/^[./]|^\0/.test(id) && !/^(src|boards|host)\//.test(id),
	plugins: [typescript({ include: ["src/**", "boards/**", "host/**"], noEmitOnError: true })],
};
