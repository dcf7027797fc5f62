// SPDX-License-Identifier: MIT
export type { Authentication } from "./authentication.ts";
export type { Reconnect } from "./backoff.ts";
export { type BrokerAddress, brokerUrl, parseBroker } from "./broker-url.ts";
export type { Capabilities } from "./capabilities.ts";
export { checkTopicFilter, checkTopicName } from "./checks.ts";
export { Client } from "./client.ts";
export { MemoryStore } from "./memory-store.ts";
export { MqttError, type MqttErrorCode } from "./mqtt-error.ts";
export type {
	AvailabilityOptions,
	ClientOptions,
	Message,
	PublishOptions,
	PublishProperties,
	SubscribeOptions,
	Target,
	WillOptions,
} from "./options.ts";
export type { PayloadSource } from "./payload-source.ts";
export type { Properties } from "./property.ts";
export { type RequestOptions, type RequestResult, Requests, type RequestsOptions, reply } from "./requests.ts";
export type { Store } from "./store.ts";
export { topicMatches } from "./topic.ts";
