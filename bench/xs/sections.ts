// SPDX-License-Identifier: MIT
import type { Cell } from "../costs.ts";
import { table } from "../costs.ts";
import type { Figures } from "../figures.ts";
import { type Memory, OPERATIONS } from "./memory.ts";

const INSTRUCTIONS = `Units of XS's own meter, which counts the bytecodes that run: the same on every machine, every time. Counted twice, in engines of their own, with the
same result.

A row is all that runs in JavaScript, from the socket's or the timer's callback, or the application's call, to the application's handler and to the last byte
written: driver, client or server, thing. What is native on a device, a socket's \`read\` and \`write\`, a timer, is called but counts nothing itself. Counted after 64
operations, the dearest of 64. Topic \`home/livingroom/thermostat/temperature\` or path \`/temperature\`, payload \`22.5\`, MQTT 5.0, CoAP with a token of four bytes; the handler is empty.

\`npm run bench -- profile NAME\` shows which lines of a row take how many units.`;

/** The section of the document. */
export function instructionsSection(figures: Figures): string {
	return `${INSTRUCTIONS}\n\n${table(["operation", "units"], Object.entries(figures))}`;
}

const MEMORY = `Bytes of slots and chunks on XS with pointers of 32 bits, as on an ESP32: 16 to a slot. What is *held* is the difference between two collected heaps; what is
*allocated* is garbage at the next collection. The sockets' own memory is not counted. A module that is preloaded stays in flash, and takes no RAM to load.`;

/** The section of the document; \`undefined\` says that nothing could be measured. */
export function memorySection(memory: Memory | undefined): string {
	if (!memory) return "Not measured on the machine that wrote this: the 32-bit engine is built on Debian amd64.";
	const { held, allocated, growth } = memory;
	const grown = Object.values(growth).reduce((sum, bytes) => sum + bytes, 0);
	const rows = Object.entries(allocated).map(([name, bytes]): Cell[] => [name, bytes]);
	return `${MEMORY}

${table(["held", "bytes"], Object.entries(held))}
${table(["allocated by one operation", "bytes"], rows)}
After ${OPERATIONS.toLocaleString("en")} operations, as many of each kind, the collected heaps had grown by ${grown} bytes.`;
}
