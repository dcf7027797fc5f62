// SPDX-License-Identifier: MIT

export type { Request, Resource, ResourceOptions, Response } from "../src/coap/index.ts";
export { Code, Format } from "../src/coap/index.ts";
export { MemoryStore, MqttError, type MqttErrorCode } from "../src/mqtt/index.ts";
export * from "./coap/index.ts";
export * from "./mqtt/index.ts";
export { FileStore, type FileStoreOptions } from "./store/index.ts";
