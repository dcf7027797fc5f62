// SPDX-License-Identifier: MIT
export type {
	Authentication,
	AvailabilityOptions,
	Capabilities,
	PayloadSource,
	Properties,
	PublishProperties,
	RequestOptions,
	Store,
	WillOptions,
} from "../../src/mqtt/index.ts";
export { type MessageOptions, MqttClient, type SubscriptionOptions } from "./client.ts";
export { connect } from "./connect.ts";
export type { MessageHandler, MqttClientEvents } from "./listeners.ts";
export type { ReceivedMessage } from "./message.ts";
export type { ConnectOptions } from "./options.ts";
