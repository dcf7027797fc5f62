// SPDX-License-Identifier: MIT

// What the parts of a board need of the device that they are wired to: ECMA-419's classes, as far as they are used.

/** ECMA-419 §10 "Digital". */
export interface Digital {
	read(): 0 | 1;
	write(value: 0 | 1): void;
}

export interface DigitalConstructor {
	readonly Input: number;
	readonly InputPullUp: number;
	readonly InputPullDown: number;
	readonly Output: number;
	readonly Rising: number;
	readonly Falling: number;
	/** With `activeLow`, 1 is the low level, and falling is rising. Throws when the pin is in use. */
	new (options: {
		pin: number;
		mode: number;
		activeLow?: boolean | undefined;
		initialValue?: 0 | 1;
		edge?: number;
		onReadable?(): void;
	}): Digital;
}

/** ECMA-419 §10 "PWM": `write` takes 0 to 2 ** `resolution` - 1. */
export interface PWM {
	readonly resolution: number;
	write(duty: number): void;
}

export type PWMConstructor = new (options: { pin: number; hz?: number | undefined }) => PWM;

/** ECMA-419 §10 "Analog input": `read` gives 0 to 2 ** `resolution` - 1. */
export interface Analog {
	readonly resolution: number;
	read(): number;
}

export type AnalogConstructor = new (options: { pin: number }) => Analog;

/** Where an I2C device is; `hz` the fastest clock that it is asked at. */
export interface I2COptions {
	data: number;
	clock: number;
	address: number;
	hz: number;
}

/** ECMA-419 §10 "I2C". Both throw when the device does not acknowledge. */
export interface I2C {
	read(count: number): ArrayBuffer;
	write(bytes: Uint8Array): void;
}

export type I2CConstructor = new (options: I2COptions) => I2C;

/** ECMA-419 §10 "SMBus": a device with registers. All throw when the device does not acknowledge. */
export interface SMBus {
	readUint8(register: number): number;
	readUint16(register: number, bigEndian?: boolean): number;
	readBuffer(register: number, into: Uint8Array): void;
	writeUint8(register: number, value: number): void;
}

export type SMBusConstructor = new (options: I2COptions) => SMBus;

/** The Moddable SDK's: how long a pulse was, in µs; undefined when none ended since the last `read`. */
export interface PulseWidth {
	read(): number | undefined;
}

export interface PulseWidthConstructor {
	readonly RisingToFalling: number;
	readonly InputPullDown: number;
	new (options: { pin: number; edges: number; mode: number; onReadable?(): void }): PulseWidth;
}

/** The Moddable SDK's: a strip of WS2812, whose `brightness` is 0 to 255. */
export interface NeoPixel {
	brightness: number;
	makeRGB(red: number, green: number, blue: number): number;
	fill(color: number): void;
	update(): void;
}

export type NeoPixelConstructor = new (options: { pin: number; length: number; order: string }) => NeoPixel;

/** The IO classes of a device, by name (ECMA-419 §17 "Provider"). */
export interface IO {
	Digital: DigitalConstructor;
	PWM: PWMConstructor;
	Analog: AnalogConstructor;
	I2C: I2CConstructor;
	SMBus: SMBusConstructor;
	PulseWidth: PulseWidthConstructor;
	NeoPixel: NeoPixelConstructor;
}

/** A device, as host/provider.js describes it (ECMA-419 §17): its IO, of which a board has what it uses, and its buses. */
export interface Device {
	readonly io: Partial<IO>;
	readonly I2C?: Readonly<Record<string, { data: number; clock: number }>>;
}

/** What the parts of a board need of the place they run in: time, in milliseconds, and somebody to tell what went wrong. */
export interface Clock {
	/** Only ever grows. */
	now(): number;
	/** Returns after so long; nothing else runs meanwhile. */
	delay(milliseconds: number): void;
	setTimer(callback: () => void, delay: number): unknown;
	/** Hears of what an application threw when a part called it back: escaping, it would reboot a device. */
	onError(error: unknown, where: string): void;
}

/** Why a chip started, as far as it says. */
export type ResetReason = "power" | "software" | "crash" | "watchdog" | "brownout" | "sleep" | "pin" | "other";

/** ECMA-419 "DNS-SD", as far as Moddable's `embedded:network/dnssd` (8.2) is used. */
export interface DNSSD {
	/** Asks whether a name, without `.local`, is free, and has it from then on; calls one of both, never from inside itself. */
	claim(options: { host: string; onReady(): void; onError(): void }): { close(): void };
	/** Says what a claimed host serves: `_coap._udp`. */
	advertise(options: { serviceType: string; host: string; port: number; txt: object }): { close(): void };
	/** Takes back what was said, and gives up the names. */
	close(): void;
}

/** What a chip says of itself and does. */
export interface Chip {
	readonly resetReason?: ResetReason;
	/** Bytes. */
	freeMemory?(): number;
	restart?(): void;
	/** The wall clock, in milliseconds of Unix time. */
	readTime(): number;
	setTime(time: number): void;
	/** Absent where a device is not found by its name. Throws when there is no socket. */
	openDNSSD?(): DNSSD;
}
