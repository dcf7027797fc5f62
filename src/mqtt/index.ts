// SPDX-License-Identifier: MIT
export type { Reconnect } from "./backoff.ts";
export { Client } from "./client.ts";
export { MqttError, type MqttErrorCode } from "./mqtt-error.ts";
export type { ClientOptions, Message, PublishOptions, WillOptions } from "./options.ts";
