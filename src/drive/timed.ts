// SPDX-License-Identifier: MIT
import { Alarm, type Ringing } from "./alarm.ts";
import type { Machine } from "./machine.ts";
import type { Platform } from "./platform.ts";

/** Keeps the deadline of a machine that speaks through no socket of ours, such as that of a network interface. */
export class TimedDriver implements Ringing {
	private readonly machine: Machine;
	private readonly alarm: Alarm;

	constructor(machine: Machine, platform: Platform) {
		this.machine = machine;
		this.alarm = new Alarm(platform, this);
		machine.wake = this.update;
		this.update();
	}

	ring(now: number): void {
		this.machine.expire(now);
		this.update();
	}

	private readonly update = (): void => this.alarm.arm(this.machine.deadline);
}
