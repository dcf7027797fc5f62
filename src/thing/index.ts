// SPDX-License-Identifier: MIT
export type {
	Barometer,
	Board,
	BoardWith,
	Button,
	ColorLed,
	DimmableLed,
	Hygrometer,
	Led,
	Lightmeter,
	Need,
	Rangefinder,
	Relay,
	Thermometer,
} from "../board.ts";
export type { Configuration } from "../configuration.ts";
export { CoapFace, type CoapFaceOptions } from "./coap-face.ts";
export { MqttFace, type MqttFaceOptions } from "./mqtt-face.ts";
export type {
	BooleanDefinition,
	NumberDefinition,
	PropertyDefinition,
	StringDefinition,
	Value,
	ValueOf,
} from "./property.ts";
export { Property } from "./property.ts";
export { type Definitions, type Observer, Thing, type ThingOptions, type Writable } from "./thing.ts";
