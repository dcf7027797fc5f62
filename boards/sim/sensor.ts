// SPDX-License-Identifier: MIT

const DAY = 24 * 60 * 60 * 1000;

/** Around what a quantity moves, how far in a day, and how far from one sample to the next. */
interface Course {
	middle: number;
	swing: number;
	noise: number;
}

/** A sensor of something that comes and goes with the day, by the name that it has in a sample. */
export class VirtualSensor<Name extends string> {
	private name: Name;
	private course: Course;
	private random: () => number;
	private now: () => number;

	/** `random` is in [0, 1), `now` in milliseconds. */
	constructor(name: Name, course: Course, random: () => number, now: () => number) {
		this.name = name;
		this.course = course;
		this.random = random;
		this.now = now;
	}

	/** Nothing to set. */
	configure(_options: object): void {}

	sample(): { [Quantity in Name]: number } {
		const { middle, swing, noise } = this.course;
		const value = middle + swing * Math.sin((2 * Math.PI * this.now()) / DAY) + noise * (2 * this.random() - 1);
		return { [this.name]: value } as { [Quantity in Name]: number };
	}
}
