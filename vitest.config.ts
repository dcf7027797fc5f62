// SPDX-License-Identifier: MIT
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url));

/** Brokers that are installed for them alone: `npm run test:brokers`. */
const BROKERS = ["host-test/brokers/**/*.test.ts"];
/** Tests with other processes in them: real peers, the real engine. */
const PEERS = ["host-test/{interop,xs,bench}/**/*.test.ts"];

export default defineConfig({
	resolve: {
		alias: [
			{ find: /^katydid$/, replacement: source("thing/index.ts") },
			{ find: /^katydid\/run$/, replacement: source("run.ts") },
			{ find: /^katydid\/(mqtt|coap|drive|websocket)$/, replacement: source("$1/index.ts") },
		],
	},
	test: {
		projects: [
			{ extends: true, test: { name: "unit", include: ["host-test/**/*.test.ts"], exclude: [...PEERS, ...BROKERS] } },
			{
				extends: true,
				test: {
					name: "peers",
					include: PEERS,
					globalSetup: "host-test/build.ts",
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			{
				extends: true,
				test: { name: "brokers", include: BROKERS, testTimeout: 60_000, hookTimeout: 90_000, fileParallelism: false },
			},
		],
	},
});
