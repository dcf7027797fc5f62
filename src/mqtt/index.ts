// SPDX-License-Identifier: MIT
export type { Reconnect } from "./backoff.ts";
export { type BrokerAddress, parseBroker } from "./broker-url.ts";
export { Client } from "./client.ts";
export { MqttError, type MqttErrorCode } from "./mqtt-error.ts";
export type { ClientOptions, Message, PublishOptions, WillOptions } from "./options.ts";
