// SPDX-License-Identifier: MIT
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const room = (name: string) => fileURLToPath(new URL(`src/${name}/index.ts`, import.meta.url));

/** Tests with other processes in them: real peers, the real engine. */
const PEERS = ["host-test/{interop,xs}/**/*.test.ts"];

export default defineConfig({
	resolve: {
		alias: [
			{ find: /^katydid$/, replacement: room("thing") },
			{ find: /^katydid\/(mqtt|coap|drive)$/, replacement: room("$1") },
		],
	},
	test: {
		projects: [
			{ extends: true, test: { name: "unit", include: ["host-test/**/*.test.ts"], exclude: PEERS } },
			{ extends: true, test: { name: "peers", include: PEERS, testTimeout: 60_000, hookTimeout: 60_000 } },
		],
	},
});
