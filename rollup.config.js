// SPDX-License-Identifier: MIT
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import typescript from "@rollup/plugin-typescript";

/** The library's rooms, a folder of src/ each: one module, which the device maps and preloads by name. */
const rooms = {
	wire: "katydid/wire",
	mqtt: "katydid/mqtt",
	coap: "katydid/coap",
	thing: "katydid",
	drive: "katydid/drive",
	network: "katydid/network",
	websocket: "katydid/websocket",
	ecma419: "katydid-ecma419",
	runtime: "katydid/runtime",
	xs: "katydid/xs",
};

/** One module for each file: of the apps one is flashed, of the parts those that are on the board. */
const each = (folder) =>
	readdirSync(`src/${folder}`).map((file) => [`${folder}/${basename(file, ".ts")}`, `src/${folder}/${file}`]);

export default {
	input: {
		...Object.fromEntries(Object.entries(rooms).map(([room, name]) => [name, `src/${room}/index.ts`])),
		...Object.fromEntries([...each("apps"), ...each("chip"), ...each("parts")]),
		"katydid/run": "src/run.ts",
		"katydid-tls": "src/xs/tls/index.ts",
		"katydid-coap-client": "src/coap/client.ts",
		"katydid-coap-client-tcp": "src/coap/client-tcp.ts",
		"katydid-coap-tcp": "src/coap/tcp-server.ts",
		"mqtt-client": "src/mqtt-client.ts",
		main: "src/main.ts",
		start: "src/start.ts",
		"boards/sim": "boards/sim/board.ts",
		"boards/sim-interface": "boards/sim/interface.ts",
		cli: "host/cli.ts",
		host: "host/index.ts",
	},
	output: {
		dir: "dist",
		format: "es",
		chunkFileNames: "[name].js",
		// Modules of their own, for who maps them: TLS has the SDK's TLS in flash, and most who serve CoAP do not ask, and serve UDP alone.
		manualChunks(id) {
			if (id.includes("/src/xs/tls/")) return "katydid-tls";
			if (id.includes("/src/coap/client-tcp")) return "katydid-coap-client-tcp";
			if (id.includes("/src/coap/client")) return "katydid-coap-client";
			if (id.includes("/src/coap/tcp-")) return "katydid-coap-tcp";
			return rooms[/\/src\/(\w+)\//.exec(id)?.[1]];
		},
		hoistTransitiveImports: false,
		minifyInternalExports: false,
	},
	// A room's module may export what only other rooms use.
	preserveEntrySignatures: "allow-extension",
	// Relative modules are ours; everything else is Node's, npm's or the Moddable SDK's, and stays an import.
	external: (id) => !/^[./]|^\0/.test(id) && !/^(src|boards|host)\//.test(id),
	plugins: [typescript({ include: ["{src,boards,host}/**/*.ts"], noEmitOnError: true })],
};
