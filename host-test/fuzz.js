// SPDX-License-Identifier: MIT
// npm run fuzz [-- WORD]: runs the tests that try random input, those whose path has WORD in it, from ever new seeds until one fails or Ctrl-C.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const word = process.argv[2] ?? "";
const files = tests().filter((file) => file.includes(word) && readFileSync(file, "utf8").includes("support/fuzz.ts"));
if (files.length === 0) {
	console.error(`expected a word in the path of a test that tries random input, got "${word}"`);
	process.exit(2);
}
for (let round = 1; ; round++) {
	const seed = Math.floor(Math.random() * 2 ** 31);
	console.log(
		`round ${round}, seed ${seed}: again with FUZZ_SEED=${seed} FUZZ_TIMES=20 npx vitest run ${files.join(" ")}`,
	);
	const env = { ...process.env, FUZZ_SEED: String(seed), FUZZ_TIMES: "20" };
	const args = ["vitest", "run", "--project", "unit", "--reporter", "dot", "--testTimeout", "600000", ...files];
	const { status } = spawnSync("npx", args, { env, stdio: "inherit" });
	if (status !== 0) process.exit(status ?? 130);
}

/** Every test of host-test/. */
function tests() {
	return readdirSync("host-test", { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules"))
		.map((file) => `host-test/${file}`);
}
