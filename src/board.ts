// SPDX-License-Identifier: MIT

/** A temperature sensor (ECMA-419 §14 "Temperature"). */
export interface Thermometer {
	/** Changes how the sensor operates; what `options` may hold is the sensor's own. */
	configure(options: object): void;
	/** One reading, in °C, in an object of its own. */
	sample(): { temperature: number };
}

/** A light, as a digital output (ECMA-419 §10 "Digital"): 1 lights it, however it is wired. Dark at first. */
export interface Led {
	write(value: 0 | 1): void;
}

/** A push button, as a digital input (ECMA-419 §10 "Digital"): 1 while it is held down, however it is wired. */
export interface Button {
	read(): 0 | 1;
	/** Called each time the button goes down, from a turn of its own. The application puts its function here. */
	onPressed?: (() => void) | undefined;
}

/** What is fitted on a board, ready for use. Each folder of boards/ makes one; none knows a protocol. */
export interface Board {
	readonly thermometer: Thermometer;
	readonly led: Led;
	readonly button: Button;
}
