// SPDX-License-Identifier: MIT
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runTests } from "./run-tests.ts";

const files = readdirSync("host-test", { recursive: true, encoding: "utf8" }).filter((file) =>
	/^(wire|mqtt|coap|thing|drive|network|parts|runtime|websocket|ecma419)\/(?!.*\.node\.).*\.test\.ts$/.test(file),
);

test("there are unit tests to run on XS", () => expect(files).not.toEqual([]));

for (const file of files) {
	const results = await runTests(`host-test/${file}`);
	describe(file, () => {
		for (const { name, error } of results) {
			test(name, () => {
				if (error) throw new Error(`on XS: ${error}`);
			});
		}
	});
}
