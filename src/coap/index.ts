// SPDX-License-Identifier: MIT
export * as Code from "./code.ts";
export * as Format from "./format.ts";
export { ACK, CON, MESSAGE_SIZE, Message, NON, RST } from "./message.ts";
export { MessageWriter } from "./message-writer.ts";
export * as Option from "./option.ts";
export type { Parameters } from "./parameters.ts";
export type { Response, Result } from "./reply.ts";
export type { Endpoint, Request } from "./request.ts";
export type { Resource, ResourceOptions } from "./resource.ts";
export { Server, type ServerOptions } from "./server.ts";
