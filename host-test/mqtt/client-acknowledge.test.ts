// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { V5 } from "../../src/mqtt/version.ts";
import { Pair, type PairOptions, publish } from "../support/mqtt-pair.ts";
import { inBothVersions } from "../support/versions.ts";

/** How the application's promises settle, in the order of the messages. */
interface Taken {
	resolve(): void;
	reject(error: Error): void;
}

/** A pair whose application takes its time over each message, but for the one that says `now`. */
function slow(options: PairOptions): { pair: Pair; taken: Taken[] } {
	const taken: Taken[] = [];
	const pair = new Pair({
		...options,
		manualAcknowledgement: true,
		onMessage: ({ payload }) => {
			const text = new TextDecoder().decode(payload);
			if (text === "mistake") throw new Error("mistake");
			return text === "now" ? undefined : new Promise<void>((resolve, reject) => taken.push({ resolve, reject }));
		},
	});
	pair.said();
	return { pair, taken };
}

/** Lets promises settle. */
async function settle(): Promise<void> {
	for (let i = 0; i < 5; i++) await undefined;
}

inBothVersions("manual acknowledgement", (version) => {
	test("waits for the application's promise, in the order of the messages [MQTT-4.6.0-2]", async () => {
		const { pair, taken } = slow({ version });
		pair.sends(publish("a", "1", 1), publish("a", "2", 2), publish("a", "now", 3), publish("a", "0"));
		taken[1]!.resolve();
		await settle();
		expect([pair.said(), pair.client.idle]).toEqual([[], false]);
		taken[0]!.resolve();
		await settle();
		expect([pair.said(), pair.client.idle]).toEqual([["PUBACK 1", "PUBACK 2", "PUBACK 3"], true]);
	});

	test("says that a message was not taken when the promise is rejected, and reports why", async () => {
		const { pair, taken } = slow({ version });
		pair.sends(publish("a", "1", 1));
		taken[0]!.reject(new Error("full"));
		await settle();
		expect(pair.said()).toEqual([version === V5 ? "PUBACK 1 0x83" : "PUBACK 1"]);
		expect(pair.errors).toMatchObject([{ code: "CALLBACK" }]);
	});

	test("is forgotten with the connection: the message comes again", async () => {
		const { pair, taken } = slow({ version, cleanStart: false });
		pair.sends(publish("a", "1", 1));
		pair.sessionPresent = true;
		pair.breaks();
		pair.advance(1000);
		taken[0]!.resolve();
		await settle();
		expect(pair.said()).toEqual(["CONNECT test kept"]);
		pair.sends(publish("a", "now", 1, { duplicate: true }));
		expect(pair.said()).toEqual(["PUBACK 1"]);
	});
});

for (const payload of ["2", "now", "mistake"])
	test(`more messages that wait than receiveMaximum close the connection, the last one "${payload}" [MQTT-3.3.4-9]`, () => {
		const { pair } = slow({ version: V5, receiveMaximum: 1 });
		pair.sends(publish("a", "1", 1), publish("a", payload, 2));
		expect(pair.reasons).toMatchObject([{ reasonCode: 0x93 }]);
	});
