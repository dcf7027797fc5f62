// SPDX-License-Identifier: MIT
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rollup } from "rollup";
import { minify } from "terser";
import build from "../host-test/build.ts";
import { typescript } from "../host-test/xs/bundle.ts";
import type { Figures } from "./figures.ts";

/** Each entry alone, with what it needs of the others. */
const ENTRIES = {
	"katydid/mqtt: the MQTT client": "src/mqtt/index.ts",
	"katydid/coap: the CoAP server": "src/coap/index.ts",
	"katydid-coap-client: the CoAP client": "src/coap/client.ts",
	"katydid/drive: the drivers": "src/drive/index.ts",
	"katydid/network: Wi-Fi and Ethernet": "src/network/index.ts",
	"katydid/websocket: MQTT over WebSocket": "src/websocket/index.ts",
	"katydid-ecma419: the MQTT class of ECMA-419": "src/ecma419/index.ts",
	"katydid/run: the whole thing": "src/run.ts",
};

/** What the build makes of each room. */
const MODULES = [
	"katydid/wire",
	"katydid/mqtt",
	"katydid/coap",
	"katydid",
	"katydid-coap-tcp",
	"katydid-coap-client",
	"katydid-coap-client-tcp",
	"katydid/drive",
	"katydid/network",
	"katydid/websocket",
	"katydid-ecma419",
	"katydid-tls",
	"katydid/runtime",
	"katydid/run",
	"katydid/xs",
];

/** In bytes, by entry. */
export interface Sizes {
	minified: Figures;
	gzipped: Figures;
}

export async function sizes(): Promise<Sizes> {
	const sizes: Sizes = { minified: {}, gzipped: {} };
	for (const [name, input] of Object.entries(ENTRIES)) {
		const bundle = await rollup({ input, plugins: [typescript] });
		const { output } = await bundle.generate({ format: "es" });
		const { code } = await minify(output[0].code, { module: true, ecma: 2020 });
		const bytes = Buffer.from(code!);
		sizes.minified[name] = bytes.length;
		sizes.gzipped[name] = gzipSync(bytes, { level: 9 }).length;
	}
	return sizes;
}

/** Bytes of XS bytecode by module; undefined without the Moddable SDK, whose folder is MODDABLE. */
export function bytecode(): Figures | undefined {
	const sdk = process.env.MODDABLE;
	if (!sdk) return undefined;
	build();
	const compiler = join(sdk, `build/bin/${process.platform === "darwin" ? "mac" : "lin"}/release/xsc`);
	const folder = mkdtempSync(join(tmpdir(), "katydid-xsc-"));
	const figures: Figures = {};
	for (const module of MODULES) {
		execFileSync(compiler, [`dist/${module}.js`, "-e", "-o", folder, "-r", "module"]);
		figures[module] = statSync(join(folder, "module.xsb")).size;
	}
	rmSync(folder, { recursive: true });
	return figures;
}
