// SPDX-License-Identifier: MIT

/** A sensor (ECMA-419 §14 "Sensor Class Pattern"). A sample is flat, in an object of its own, in units of SenML (RFC 8428 §12.1). */
interface Sensor<Sample> {
	/** Changes how the sensor operates; what `options` may hold is the sensor's own. */
	configure(options: object): void;
	/** One reading. Throws when there is none. */
	sample(): Sample;
}

/** `temperature` in °C. */
export interface Thermometer extends Sensor<{ temperature: number }> {}

/** `humidity` in %RH, 0 to 100. */
export interface Hygrometer extends Sensor<{ humidity: number }> {}

/** `pressure` in Pa. */
export interface Barometer extends Sensor<{ pressure: number }> {}

/** `illuminance` in lx. */
export interface Lightmeter extends Sensor<{ illuminance: number }> {}

/** `distance` in m. */
export interface Rangefinder extends Sensor<{ distance: number }> {}

/** A light, written like a digital output (ECMA-419 §10 "Digital"): 1 lights it, however it is wired. Dark at first. */
export interface Led {
	write(value: 0 | 1): void;
}

/** A light that has a brightness: how it lights, now if it is lit, and from now on. */
export interface DimmableLed extends Led {
	/** From 0, which is dark, to 1, as at first. */
	brightness: number;
}

/** A light that has a colour, too. */
export interface ColorLed extends DimmableLed {
	/** 0xRRGGBB; white at first. */
	color: number;
}

/** A switch for something else, written like a digital output: 1 lets the current flow, however it is wired. Open at first. */
export interface Relay {
	write(value: 0 | 1): void;
}

/** A push button, as a digital input (ECMA-419 §10 "Digital"): 1 while it is held down, however it is wired. */
export interface Button {
	read(): 0 | 1;
	/** Called each time the button goes down, from a turn of its own. The application puts its function here. */
	onPressed?: (() => void) | undefined;
}

/** What may be fitted on a board, by what an application calls it. */
export interface Parts {
	led: Led;
	/** The board's `led`, which can be dimmed. */
	"led.brightness": DimmableLed;
	/** The board's `led`, which has colours. */
	"led.color": ColorLed;
	button: Button;
	relay: Relay;
	thermometer: Thermometer;
	hygrometer: Hygrometer;
	barometer: Barometer;
	lightmeter: Lightmeter;
	rangefinder: Rangefinder;
}

/** What is fitted on a board, ready for use. Each folder of boards/ describes one; none knows a protocol. */
export interface Board {
	readonly led?: Led;
	readonly button?: Button;
	readonly relay?: Relay;
	readonly thermometer?: Thermometer;
	readonly hygrometer?: Hygrometer;
	readonly barometer?: Barometer;
	readonly lightmeter?: Lightmeter;
	readonly rangefinder?: Rangefinder;
	/** What else there is, by the name that the board's description gives it. */
	readonly extras?: Readonly<Record<string, unknown>>;
}

/** What an application needs of a board: a part, or as `relay:fan` the extra part that is named so. */
export type Need = keyof Parts | `${keyof Parts}:${string}`;

/** Where on a board a part is found: `led.color` is the `led`. */
type Place<Part> = Part extends `${infer Name}.${string}` ? Name : Part;

/** A board that has what an application lists as `export const needs = [...] as const`; a build for one that has not is refused. */
export type BoardWith<Needs extends readonly Need[]> = Board & {
	readonly [Part in Extract<Needs[number], keyof Parts> as Place<Part>]: Parts[Part];
} & {
	readonly extras: {
		readonly [Extra in Needs[number] as Extra extends `${keyof Parts}:${infer Name}`
			? Name
			: never]: Extra extends `${infer Part extends keyof Parts}:${string}` ? Parts[Part] : never;
	};
};
