// SPDX-License-Identifier: MIT
// The server over a link that loses, repeats and reorders datagrams.
import { describe, expect, test } from "vitest";
import type { Result } from "../../src/coap/index.ts";
import { Link } from "../support/coap-link.ts";

const FAULTS = { loss: 0.2, duplication: 0.2, latency: 800 };
const HOUR = 3_600_000;

const id = (number: number) => number.toString(16).padStart(4, "0");

for (const seed of [1, 2, 3, 4, 5])
	describe(`a link with faults, seed ${seed}`, () => {
		test("runs each POST once and gives each its own answer (RFC 7252 §4.5) [CoAP-4.1]", () => {
			const link = new Link(seed, FAULTS);
			const runs: Record<string, number> = {};
			link.server.resource("count", {
				post(request): Result {
					const text = request.text();
					runs[text] = (runs[text] ?? 0) + 1;
					return `did ${text}`;
				},
			});
			const lines: [port: number, line: string][] = [];
			for (let i = 0; i < 60; i++) {
				const port = 5000 + (i % 3);
				const line = `CON POST ${id(i)} [${id(i)}] Uri-Path=count | ${i}`;
				lines.push([port, line]);
				link.at(i * 1_000, () => link.sends(port, line));
			}
			link.run(HOUR);
			let answered = 0;
			lines.forEach(([port, line], i) => {
				const reply = link.replyTo(port, line);
				// With five transmissions hardly one in ten thousand gets no reply.
				if (reply === undefined) return;
				expect(reply).toBe(`ACK 2.04 ${id(i)} [${id(i)}] Content-Format=0 | did ${i}`);
				expect(runs[i]).toBe(1);
				answered++;
			});
			expect(answered).toBeGreaterThan(57);
			expect(Object.values(runs).every((count) => count === 1)).toBe(true);
		});

		test("brings the last state to an observer in the end", () => {
			const link = new Link(seed, FAULTS, { confirmEvery: 1 });
			let state = 0;
			const resource = link.server.resource("state", { observable: true, get: () => `${state}` });
			link.sends(5000, "CON GET 0001 [aa] Uri-Path=state Observe=0");
			for (let i = 1; i <= 40; i++)
				link.at(60_000 + i * 700, () => {
					state = i;
					resource.changed();
				});
			link.run(HOUR);
			expect(link.server.observed).toBe(1);
			let [newest, payload] = [-1, ""];
			for (const text of link.notifications) {
				const number = Number(text.slice(text.indexOf("Observe=") + 8).split(" ")[0]);
				if (number > newest) [newest, payload] = [number, text.slice(text.indexOf(" | ") + 3)];
			}
			expect(payload).toBe("40");
		});
	});
