// SPDX-License-Identifier: MIT
import { DEVICES, type World } from "../../host/virtual/devices.ts";
import { type I2CDevice, virtualI2C } from "../../host/virtual/i2c.ts";
import type { Clock } from "../../src/device.ts";

/** A bench with one I2C device on it, which may be unplugged, in a room whose weather is set by hand. */
export class Bench {
	/** Milliseconds. */
	now = 1000;
	/** What the device was asked, in hex. */
	readonly log: string[] = [];
	temperature = 21.5;
	humidity = 45;
	pressure = 101_325;
	illuminance = 250;
	device: I2CDevice | undefined;

	readonly clock: Clock = {
		now: () => this.now,
		delay: (milliseconds) => {
			this.now += milliseconds;
		},
		setTimer: () => undefined,
		onError(error) {
			throw error;
		},
	};

	private readonly io = virtualI2C(({ address }) => (address === this.address ? this.logged() : undefined));
	private readonly address: number;

	constructor(kind: string | I2CDevice, address: number) {
		this.address = address;
		this.device = typeof kind === "string" ? this.make(kind) : kind;
	}

	/** A new device of that kind, as after power-up. */
	make(kind: string): I2CDevice {
		return DEVICES[kind]!(this.world());
	}

	/** The wiring that a driver is given. */
	sensor<Io extends "I2C" | "SMBus">(io: Io) {
		return { io: this.io[io], data: 21, clock: 22, address: this.address };
	}

	private world(): World {
		return {
			now: () => this.now,
			temperature: () => this.temperature,
			humidity: () => this.humidity,
			pressure: () => this.pressure,
			illuminance: () => this.illuminance,
			distance: () => 1,
		};
	}

	private logged(): I2CDevice | undefined {
		const { device, log } = this;
		if (!device) return undefined;
		return {
			write(bytes) {
				log.push([...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" "));
				device.write(bytes);
			},
			read: (count) => device.read(count),
		};
	}
}

/** A device of which only registers are known, with these bytes from these registers on. */
export function registers(contents: Record<number, string>): I2CDevice {
	const bytes = new Uint8Array(256);
	for (const [register, hex] of Object.entries(contents))
		bytes.set(
			hex.split(" ").map((byte) => Number.parseInt(byte, 16)),
			Number(register),
		);
	let pointer = 0;
	return {
		write(written) {
			pointer = written[0]!;
		},
		read: (count) => bytes.slice(pointer, pointer + count),
	};
}
