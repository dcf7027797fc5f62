// SPDX-License-Identifier: MIT
import picocolors from "picocolors";
import type { ThingEvent } from "../src/run.ts";

// A pipe gets none, also where CI asks for colours.
const color = picocolors.createColors(picocolors.isColorSupported && process.stdout.isTTY === true);

/** Where one protocol is found; `note` says what a reader should know of it. */
interface Place {
	url: string;
	note: string;
}

/** What the simulation runs, and lines to paste into another terminal. */
export interface Start {
	type: "start";
	version: string;
	thing: string;
	board: string;
	mqtt: Place;
	coap: Place;
	try: string[];
}

/** An output of the virtual board moved. */
export interface BoardEvent {
	type: "board";
	part: string;
	value: number;
}

type Disconnected = Extract<ThingEvent, { type: "disconnected" }>;

/** The thing is found as `name`; `taken` are the names that others had first. */
export interface LocalEvent {
	type: "local";
	name: string;
	taken: readonly string[];
}

export type SimulationEvent = Start | ThingEvent | BoardEvent | LocalEvent;

/** Tells a person or a program what happens. */
export type Report = (event: SimulationEvent) => void;

type Print = (line: string) => void;

/** Every event as one JSON object a line. */
export function jsonReport(print: Print): Report {
	return (event) => print(JSON.stringify({ time: new Date().toISOString(), ...event }));
}

/** Lines for people. The first ones wait until it is known whether the broker is there. */
export function textReport(print: Print): Report {
	let start: Start | undefined;
	let early: SimulationEvent[] = [];
	const tell = (event: SimulationEvent) => {
		const time = color.dim(new Date().toTimeString().slice(0, 8));
		print(`${time}  ${describe(event)}`);
	};
	return (event) => {
		if (event.type === "start") {
			start = event;
		} else if (!start) {
			tell(event);
		} else if (event.type === "connected" || event.type === "disconnected") {
			for (const line of header(start, event.type === "connected" ? event.type : end(event, true))) print(line);
			start = undefined;
			for (const happened of early) tell(happened);
			early = [];
		} else {
			early.push(event);
		}
	};
}

function header(start: Start, state: string): string[] {
	const row = (name: string, text: string) => color.bold(name.padEnd(6)) + text;
	const place = ({ url, note }: Place) => (note ? `${url} (${note})` : url);
	return [
		`${color.bold(`katydid ${start.version}`)} · ${start.thing} on board ${start.board}`,
		row("mqtt", `${place(start.mqtt)} · ${state}`),
		row("coap", `${place(start.coap)} · listening`),
		...start.try.map((line, i) => row(i ? "" : "try", line)),
	];
}

/** Why there is no connection, and when the next attempt is; with `advice`, what to do. */
function end({ code, reason, retry }: Disconnected, advice = false): string {
	if (retry === undefined) return "offline";
	const again = `trying again in ${Math.ceil(retry / 1000)} s`;
	return color.red(`${reason}${(advice && ADVICE[code]) || ""} (${again})`);
}

const ADVICE: Partial<Record<Disconnected["code"], string>> = {
	CONNECTION_REFUSED: "; give --broker mqtt://user:password@host:port that the broker accepts",
	CONNECT_FAILED: "; start a broker there, or leave --broker out to use the embedded one",
	CONNECT_TIMEOUT: "; start a broker there, or leave --broker out to use the embedded one",
};

function describe(event: SimulationEvent): string {
	switch (event.type) {
		case "start":
			return event.thing;
		case "connected":
			return `mqtt  ${event.broker} · connected`;
		case "disconnected":
			return `mqtt  ${event.broker} · ${end(event)}`;
		case "change":
			return `${event.property} ${color.bold(String(event.value))}`;
		case "command":
			return event.error
				? color.red(`${event.via}  ${event.property} ← ${event.payload} refused: ${event.error}`)
				: `${event.via}  ${event.property} ← ${event.payload}`;
		case "network":
			return event.state === "up"
				? `network ${event.address}${event.network === undefined ? "" : ` (${event.network})`}`
				: color.red(`network ${event.reason}`);
		case "local":
			return `local ${event.name}${event.taken.length ? `, as ${event.taken.join(" and ")} is somebody else's` : ""}`;
		case "board":
			return `board ${event.part} ${event.value ? "on" : "off"}`;
		case "error":
			return color.red(`${event.where}: ${event.message}`);
	}
}
