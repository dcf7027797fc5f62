// SPDX-License-Identifier: MIT
import type { I2C, I2COptions, SMBus } from "../../src/device.ts";

/** A device on a virtual I2C bus. Both throw when it does not acknowledge. */
export interface I2CDevice {
	/** What is sent to it, between a start and a stop. */
	write(bytes: Uint8Array): void;
	/** What it sends when it is asked for so many bytes. */
	read(count: number): Uint8Array;
}

/** Finds the device at an address of the bus with these pins; undefined when nothing is there. */
export type Bus = (options: { data: number; clock: number; address: number }) => I2CDevice | undefined;

/** ECMA-419's I2C and SMBus over virtual devices, which the Moddable SDK's refuse and acknowledge alike. */
export function virtualI2C(bus: Bus) {
	const taken = new Set<string>();

	class VirtualI2C implements I2C {
		private options: I2COptions;

		constructor(options: I2COptions) {
			const { data, clock, address, hz } = options;
			for (const [name, value] of Object.entries({ data, clock, address, hz }))
				if (!Number.isInteger(value)) throw new RangeError(`${name} required`);
			const place = `${data} ${clock} ${address}`;
			if (taken.has(place)) throw new RangeError("duplicate address");
			taken.add(place);
			this.options = options;
		}

		read(count: number): ArrayBuffer {
			return this.device().read(count).slice().buffer as ArrayBuffer;
		}

		write(bytes: Uint8Array): void {
			this.device().write(bytes);
		}

		private device(): I2CDevice {
			const device = bus(this.options);
			if (!device) throw new Error("write failed");
			return device;
		}
	}

	class VirtualSMBus implements SMBus {
		private io: VirtualI2C;

		constructor(options: I2COptions) {
			this.io = new VirtualI2C(options);
		}

		readUint8(register: number): number {
			return this.ask(register, 1)[0]!;
		}

		readUint16(register: number, bigEndian = false): number {
			const [one, two] = this.ask(register, 2) as unknown as [number, number];
			return bigEndian ? (one << 8) | two : (two << 8) | one;
		}

		readBuffer(register: number, into: Uint8Array): void {
			into.set(this.ask(register, into.length));
		}

		writeUint8(register: number, value: number): void {
			this.io.write(Uint8Array.of(register, value));
		}

		private ask(register: number, count: number): Uint8Array {
			this.io.write(Uint8Array.of(register));
			return new Uint8Array(this.io.read(count));
		}
	}

	return { I2C: VirtualI2C, SMBus: VirtualSMBus };
}
