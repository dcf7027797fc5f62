// SPDX-License-Identifier: MIT
export type { Access, Who } from "./access.ts";
export * as Code from "./code.ts";
export * as Format from "./format.ts";
export type { Answer, Endpoint, Handler, Request, ResourceOptions, Response, Result } from "./handler.ts";
export { ACK, CON, MESSAGE_SIZE, Message, NON, RST } from "./message.ts";
export { MessageWriter } from "./message-writer.ts";
export * as Option from "./option.ts";
export type { Parameters } from "./parameters.ts";
export type { Resource } from "./resource.ts";
export { type Association, type Protected, Secured, type Unprotected } from "./security.ts";
export { Server } from "./server.ts";
export type { ServerOptions } from "./server-options.ts";
