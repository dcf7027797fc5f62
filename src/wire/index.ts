// SPDX-License-Identifier: MIT
export { FormatError } from "./format-error.ts";
export { Reader } from "./reader.ts";
export type { Credential, StreamTarget, TLSSettings } from "./target.ts";
export { type Payload, payloadBytes } from "./text.ts";
export { Writer } from "./writer.ts";
