// SPDX-License-Identifier: MIT
export * as CloseCode from "./close-code.ts";
export { WebSocketStream } from "./stream.ts";
export { WebSocketError } from "./web-socket-error.ts";
