// SPDX-License-Identifier: MIT
import type { Writer } from "../wire/index.ts";
import { beginPacket, endPacket } from "./fixed-header.ts";
import { PINGREQ, PINGRESP } from "./packet-type.ts";

// A PINGREQ (§3.12) and a PINGRESP (§3.13) end where they begin: `parseEnd` parses them.

/** Writes a PINGREQ. Throws RangeError when there is no room. */
export function writePingReq(writer: Writer): void {
	endPacket(writer, beginPacket(writer, PINGREQ, 0));
}

/** Writes a PINGRESP. Throws RangeError when there is no room. */
export function writePingResp(writer: Writer): void {
	endPacket(writer, beginPacket(writer, PINGRESP, 0));
}
