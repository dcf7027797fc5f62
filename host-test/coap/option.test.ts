// SPDX-License-Identifier: MIT
// What the number of an option says (RFC 7252 §5.4.6), as the registry's table has it (§5.10 and successors).
import { expect, test } from "vitest";
import { Option } from "../../src/coap/index.ts";

/** Name, number, whether it is critical, unsafe, no part of the Cache-Key, repeatable, and its lengths. */
const TABLE: [name: string, number: number, flags: string, shortest: number, longest: number][] = [
	["If-Match", Option.IF_MATCH, "C--R", 0, 8],
	["Uri-Host", Option.URI_HOST, "CU--", 1, 255],
	["ETag", Option.ETAG, "---R", 1, 8],
	["If-None-Match", Option.IF_NONE_MATCH, "C---", 0, 0],
	["Observe", Option.OBSERVE, "-U--", 0, 3],
	["Uri-Port", Option.URI_PORT, "CU--", 0, 2],
	["Location-Path", Option.LOCATION_PATH, "---R", 0, 255],
	["Uri-Path", Option.URI_PATH, "CU-R", 0, 255],
	["Content-Format", Option.CONTENT_FORMAT, "----", 0, 2],
	["Max-Age", Option.MAX_AGE, "-U--", 0, 4],
	["Uri-Query", Option.URI_QUERY, "CU-R", 0, 255],
	["Accept", Option.ACCEPT, "C---", 0, 2],
	["Location-Query", Option.LOCATION_QUERY, "---R", 0, 255],
	["Block2", Option.BLOCK2, "CU--", 0, 3],
	["Block1", Option.BLOCK1, "CU--", 0, 3],
	["Size2", Option.SIZE2, "--N-", 0, 4],
	["Proxy-Uri", Option.PROXY_URI, "CU--", 1, 1034],
	["Proxy-Scheme", Option.PROXY_SCHEME, "CU--", 1, 255],
	["Size1", Option.SIZE1, "--N-", 0, 4],
	["Echo", Option.ECHO, "--N-", 1, 40],
	["No-Response", Option.NO_RESPONSE, "-U--", 0, 1],
	["Request-Tag", Option.REQUEST_TAG, "---R", 0, 8],
];

for (const [name, number, flags, shortest, longest] of TABLE)
	test(`${name} is ${flags} with ${shortest} to ${longest} bytes`, () => {
		const known = Option.definition(number)!;
		const letters = [Option.critical(number), Option.unsafe(number), Option.noCacheKey(number), known.repeatable];
		expect(letters.map((said, i) => (said ? "CUNR"[i] : "-")).join("")).toBe(flags);
		expect([known.shortest, known.longest]).toEqual([shortest, longest]);
	});

test("an option that nobody has registered has no definition", () => {
	expect(Option.definition(65_000)).toBeUndefined();
	expect(Option.definition(2)).toBeUndefined();
});
