// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { type Cell, table } from "../costs.ts";
import { REQUESTS, ROUNDS, type Served, WINDOW } from "./coap.ts";
import type { Comparison } from "./codecs.ts";
import { ratioText } from "./ratio.ts";

const VERSIONS = ["mqtt-packet", "coap-packet", "mqtt", "coap"].map((name) => {
	const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
	return `${name} ${version}`;
});

/** The section of the document. */
export function besideSection(codecs: Comparison[], clients: Comparison[], servers: Served[], machine: number): string {
	const compared = [...codecs, ...clients].map(({ name, ours, theirs, ratio }): Cell[] => [
		name,
		Math.round(ours),
		Math.round(theirs),
		ratioText(ratio),
	]);
	const served = servers.map(({ name, rate, p50, p99, memory, ratio }, i): Cell[] => [
		name,
		rate,
		p50,
		p99,
		Math.round(memory),
		i ? ratioText(ratio) : "",
	]);
	return `On Node ${process.versions.node} with ${cpus().length} × ${cpus()[0]?.model.trim()}, over loopback, beside ${VERSIONS.join(", ")}. The two sides of a row take turns; the ratio is of two
neighbours, its median (least to most) over all rounds. Ratios hold elsewhere, the figures beside them do not.

Packets or messages a second: a PUBLISH of \`22.5\` to \`home/livingroom/thermostat/temperature\`; a GET of \`/temperature\` and its 2.05. Both clients publish to the same mosquitto,
each from a process of its own, Katydid's through a TCP socket as small as a device's.

${table(["", "Katydid", "the other", "ratio"], compared)}
Servers of \`/time\`, asked by a program in C: ${REQUESTS.toLocaleString("en")} CON requests a round, ${WINDOW} under way at once, ${ROUNDS} rounds. Echo is a bare \`node:dgram\` socket that sends back what
comes, Node's ceiling; libcoap is its example server, in C. Memory is the heap in use after a collection, at libcoap what is resident.

${table(["server", "requests/s", "p50, µs", "p99, µs", "memory, MB", "Katydid answers times as many"], served)}
${bound(servers, machine)}`;
}

/** What keeps Katydid from being as fast as an echo. */
function bound(servers: Served[], machine: number): string {
	const time = (name: string) => 1e6 / servers.find((server) => server.name === name)!.rate;
	const [whole, echo] = [time("katydid"), time("echo")];
	return `Of the ${whole.toFixed(1)} µs between two answers of Katydid's, ${echo.toFixed(1)} are the echo's too, and ${machine.toFixed(1)} the CoAP server's when it is called without a socket. The other
${Math.max(whole - echo - machine, 0).toFixed(1)} are the driver's and the ECMA-419 socket's on \`node:dgram\`, which copies each datagram as a device's does.`;
}
