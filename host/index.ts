// SPDX-License-Identifier: MIT
export { MemoryStore, MqttError, type MqttErrorCode } from "../src/mqtt/index.ts";
export * from "./mqtt/index.ts";
export { FileStore, type FileStoreOptions } from "./store/index.ts";
