// SPDX-License-Identifier: MIT
export type { Surroundings } from "./exchange.ts";
export { MQTTClient } from "./mqtt-client.ts";
export type {
	ControlMessage,
	FragmentOptions,
	Item,
	MQTTClientOptions,
	Resolver,
	Text,
	WriteOptions,
} from "./options.ts";
