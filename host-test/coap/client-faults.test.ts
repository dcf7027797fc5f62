// SPDX-License-Identifier: MIT
// The client and the server over a link that loses, repeats and reorders datagrams.
import { describe, expect, test } from "vitest";
import { Code, type Result } from "../../src/coap/index.ts";
import { Network } from "../support/coap-network.ts";

const FAULTS = { loss: 0.2, duplication: 0.2, latency: 800 };
const HOUR = 3_600_000;
const body = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => i * 31 + seed * 7 + (i >> 8));
const hash = (bytes: Uint8Array) => bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, bytes.length);

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
	describe(`a link with faults, seed ${seed}`, () => {
		test("gives each POST its own answer, once, and runs it once", () => {
			const network = new Network(seed, FAULTS, { client: { requests: 60 } });
			const runs: Record<string, number> = {};
			network.server.resource("count", {
				post(request): Result {
					const text = request.text();
					runs[text] = (runs[text] ?? 0) + 1;
					return `did ${text}`;
				},
			});
			const ends: string[][] = [];
			for (let i = 0; i < 60; i++) {
				const end: string[] = [];
				ends.push(end);
				network.ask({
					code: Code.POST,
					path: "count",
					payload: `${i}`,
					onEnd(outcome) {
						end.push(outcome.type === "response" ? outcome.response.text() : outcome.type);
					},
				});
			}
			network.run(HOUR);
			// With five transmissions hardly one in a thousand gets no answer.
			expect(ends.filter(([end]) => end === "timeout").length).toBeLessThan(2);
			for (let i = 0; i < 60; i++) {
				if (ends[i]![0] !== "timeout") expect([ends[i], runs[i]]).toEqual([[`did ${i}`], 1]);
			}
			expect(network.client.requests).toBe(0);
			expect(network.errors).toEqual([]);
		});

		test("brings the last state to an observer in the end, states in their order, none twice", () => {
			const network = new Network(seed, { ...FAULTS, loss: 0.1 });
			let state = 0;
			const resource = network.server.resource("state", { observable: true, get: () => `${state}` });
			const seen: number[] = [];
			network.ask({
				path: "state",
				observe: true,
				onResponse: (response) => void seen.push(Number(response.text())),
				onEnd: ({ type }) => {
					throw new Error(type);
				},
			});
			for (let i = 1; i <= 40; i++)
				network.at(60_000 + i * 700, () => {
					state = i;
					resource.changed();
				});
			network.run(HOUR);
			expect(network.errors).toEqual([]);
			expect(seen.at(-1)).toBe(40);
			expect(seen).toEqual([...seen].sort((a, b) => a - b));
			expect(network.client.requests).toBe(1);
			expect(network.server.observed).toBe(1);
		});

		test("takes a body of 5,000 bytes in blocks of any size", () => {
			const network = new Network(seed, { ...FAULTS, loss: 0.1 }, { client: { requests: 20 } });
			network.server.resource("large", { get: () => body(5_000, seed) });
			const wanted = hash(body(5_000, seed));
			const got: (number | string)[] = [];
			for (const blockSize of [64, 128, 256, 512, 1024, undefined])
				network.ask({
					path: "large",
					blockSize,
					onEnd: (outcome) =>
						void got.push(outcome.type === "response" ? hash(outcome.response.payload) : outcome.type),
				});
			network.run(HOUR);
			expect(network.errors).toEqual([]);
			expect(got).toHaveLength(6);
			expect(got.filter((end) => end !== "timeout").every((end) => end === wanted)).toBe(true);
			expect(got.filter((end) => end === "timeout").length).toBeLessThan(3);
		});
	});
