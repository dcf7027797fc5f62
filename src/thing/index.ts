// SPDX-License-Identifier: MIT
export { CoapFace } from "./coap-face.ts";
export { MqttFace } from "./mqtt-face.ts";
export type {
	BooleanDefinition,
	NumberDefinition,
	PropertyDefinition,
	StringDefinition,
	Value,
	ValueOf,
} from "./property.ts";
export { Property } from "./property.ts";
export { type Definitions, type Observer, Thing, type ThingOptions } from "./thing.ts";
