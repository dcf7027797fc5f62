// SPDX-License-Identifier: MIT
// Raw datagrams that servers in the field get wrong.
import { describe, expect, test } from "vitest";
import { Pair } from "../support/coap-pair.ts";
import { hex, toHex } from "../support/hex.ts";

const TEMPERATURE = "bb 74656d7065726174757265";
const LIGHT = "b5 6c69676874";

const ROWS: [name: string, datagram: string, reply: string][] = [
	["a GET is answered 2.05", `44 01 7d34 01020304 ${TEMPERATURE}`, "64 45 7d34 01020304 c0 ff 32322e35"],
	[
		"an unknown critical option in a CON is answered 4.02 (RFC 7252 §5.4.1) [CoAP-1.1]",
		`41 01 0001 aa ${TEMPERATURE} e1 06e7 00`,
		"61 82 0001 aa ff 6f7074696f6e2032303437",
	],
	[
		"an unknown critical option in a NON is rejected silently (RFC 7252 §5.4.1) [CoAP-1.2]",
		`51 01 0001 aa ${TEMPERATURE} e1 06e7 00`,
		"",
	],
	["an empty CON is answered RST (RFC 7252 §4.3) [CoAP-2.1]", "40 00 0001", "70 00 0001"],
	["version 2 is ignored (RFC 7252 §3) [CoAP-2.3]", `80 01 0001 ${TEMPERATURE}`, ""],
	["version 0 is ignored (RFC 7252 §3) [CoAP-2.3]", `00 01 0001 ${TEMPERATURE}`, ""],
	["version 3 is ignored (RFC 7252 §3) [CoAP-2.3]", `c0 01 0001 ${TEMPERATURE}`, ""],
	[
		"token length 9 is a format error: RST (RFC 7252 §3) [CoAP-2.4]",
		`49 01 0001 010203040506070809 ${TEMPERATURE}`,
		"70 00 0001",
	],
	[
		"token length 15 is a format error: RST (RFC 7252 §3) [CoAP-2.4]",
		`4f 01 0001 ${TEMPERATURE} ${TEMPERATURE}`,
		"70 00 0001",
	],
	[
		"a marker and no payload is a format error: RST (RFC 7252 §3) [CoAP-2.5]",
		`40 01 0001 ${TEMPERATURE} ff`,
		"70 00 0001",
	],
	[
		"option delta 15 is a format error: RST (RFC 7252 §3.1) [CoAP-2.6]",
		`40 01 0001 ${TEMPERATURE} f1 00`,
		"70 00 0001",
	],
	[
		"option length 15 is a format error: RST (RFC 7252 §3.1) [CoAP-2.6]",
		`40 01 0001 ${TEMPERATURE} 1f 00`,
		"70 00 0001",
	],
	["a format error in a NON is ignored (RFC 7252 §4.3) [CoAP-2.7]", `50 01 0001 ${TEMPERATURE} ff`, ""],
	["a format error in an ACK is ignored (RFC 7252 §4.2) [CoAP-2.7] [CoAP-3.1]", `60 45 0001 ${TEMPERATURE} ff`, ""],
	["a format error in a RST is ignored (RFC 7252 §4.2) [CoAP-2.7] [CoAP-3.2]", "70 00 0001 ff", ""],
	["an empty CON with bytes after it is a format error: RST (RFC 7252 §4.1) [CoAP-2.2]", "40 00 0001 60", "70 00 0001"],
	["an empty CON with a token is a format error: RST (RFC 7252 §4.1) [CoAP-2.2]", "41 00 0001 20", "70 00 0001"],
	["an empty NON is ignored (RFC 7252 §4.3)", "50 00 0001", ""],
	[
		"an unknown method 0.31 is answered 4.05 (RFC 7252 §5.8) [CoAP-6.1]",
		`41 1f 0001 aa ${TEMPERATURE}`,
		"61 85 0001 aa",
	],
	["an unknown method on an unknown path is answered 4.05 (RFC 7252 §5.8)", "41 1f 0001 aa b1 78", "61 85 0001 aa"],
	["a RST that carries a request is ignored (RFC 7252 §4.2) [CoAP-3.2]", `70 01 0001 ${TEMPERATURE}`, ""],
	["an ACK that carries a request is ignored (RFC 7252 §4.2) [CoAP-3.1]", `60 01 0001 ${TEMPERATURE}`, ""],
	[
		"two Uri-Host are answered 4.02 (RFC 7252 §5.4.5) [CoAP-1.4]",
		`40 01 0001 31 61 01 62 8b ${TEMPERATURE.slice(3)}`,
		"60 82 0001 ff 6f7074696f6e2033",
	],
	[
		"Proxy-Uri is answered 5.05 (RFC 7252 §5.10.2) [CoAP-6.2]",
		"40 01 0001 dc 16 636f61703a2f2f78792f7a31",
		"60 a5 0001",
	],
	[
		"Proxy-Scheme is answered 5.05 (RFC 7252 §5.10.2) [CoAP-6.2]",
		`40 01 0001 ${TEMPERATURE} d4 0f 636f6170`,
		"60 a5 0001",
	],
	["Block2 with SZX 7 is answered 4.00 (RFC 7959 §2.2) [CoAP-10.1]", `40 01 0001 ${TEMPERATURE} c1 07`, "60 80 0001"],
	[
		"Block1 that starts at block 5 is answered 4.08 (RFC 7959 §2.9.2) [CoAP-10.2]",
		`40 03 0001 ${LIGHT} d1 03 58 ff ${"61".repeat(16)}`,
		"60 88 0001",
	],
	[
		"No-Response 26 on a NON is answered by silence (RFC 7967 §2) [CoAP-12.3]",
		`50 01 0001 ${TEMPERATURE} d1 ea 1a`,
		"",
	],
	["one byte is ignored (RFC 7252 §3) [CoAP-13.2]", "40", ""],
	["three bytes are ignored (RFC 7252 §3)", "40 01 00", ""],
	["no bytes are ignored (RFC 7252 §3)", "", ""],
	["an unexpected CON response is answered RST (RFC 7252 §4.2) [CoAP-8.1]", "41 45 0001 aa ff 61", "70 00 0001"],
	["an unexpected NON response is ignored (RFC 7252 §4.3)", "51 45 0001 aa ff 61", ""],
	["a CON of reserved class 1 is answered RST (RFC 7252 §4.2) [CoAP-8.2]", "40 21 0001", "70 00 0001"],
	["a CON of reserved class 6 is answered RST (RFC 7252 §4.2) [CoAP-8.2]", "40 c1 0001", "70 00 0001"],
	["a CON of reserved class 7 is answered RST (RFC 7252 §4.2) [CoAP-8.2]", "40 e1 0001", "70 00 0001"],
	["a NON of reserved class 7 is ignored (RFC 7252 §4.3)", "50 e1 0001", ""],
	["an ACK to nothing is ignored (RFC 7252 §4.2) [CoAP-3.1]", "60 00 0001", ""],
	["a RST to nothing is ignored (RFC 7252 §4.2) [CoAP-3.2]", "70 00 0001", ""],
];

describe("the server, probed with", () => {
	for (const [name, bytes, reply] of ROWS)
		test(name, () => {
			const pair = new Pair();
			let handled = 0;
			pair.server.resource("temperature", { get: () => "22.5" });
			pair.server.resource("light", {
				put() {
					handled++;
					return undefined;
				},
			});
			pair.client().sends(hex(bytes));
			expect(pair.sent.map((sent) => toHex(sent.bytes))).toEqual(reply === "" ? [] : [toHex(hex(reply))]);
			expect(handled).toBe(0);
			expect(pair.errors).toEqual([]);
		});
});
