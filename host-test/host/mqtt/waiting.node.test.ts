// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { Waiting } from "../../../host/mqtt/waiting.ts";

/** What waits, behind a client that takes `room` messages at a time, and what that was given. */
function waiting(messages: number, bytes: number) {
	const given: string[] = [];
	const client = { room: 0 };
	const list = new Waiting(
		(topicName, payload) => {
			if (client.room === 0) return false;
			client.room--;
			given.push(`${topicName} ${new TextDecoder().decode(payload as Uint8Array)}`);
			return true;
		},
		{ messages, bytes },
	);
	return { given, client, list };
}

test("messages go in their order, as many as there is room for, with the payload that they were given", () => {
	const { given, client, list } = waiting(10, 1000);
	const payload = Uint8Array.of(0x31);
	for (let i = 0; i < 3; i++) {
		list.add("a", payload, {});
		payload[0]!++;
	}
	client.room = 2;
	list.flush();
	expect(given).toEqual(["a 1", "a 2"]);
	expect(list.empty).toBe(false);
	client.room = 2;
	list.flush();
	expect(given).toEqual(["a 1", "a 2", "a 3"]);
	expect(list.empty).toBe(true);
});

test("there is room again for the bytes of those that went, or were lost", () => {
	const { client, list } = waiting(100, 10);
	const add = () => list.add("abc", new Uint8Array(2), {});
	expect([add(), add(), add()]).toEqual([true, true, false]);
	client.room = 1;
	list.flush();
	expect([add(), add()]).toEqual([true, false]);
	list.drop();
	expect([add(), add(), add()]).toEqual([true, true, false]);
});

test("those that are lost with their connection are told", () => {
	const { list } = waiting(10, 1000);
	const errors: (string | undefined)[] = [];
	list.add("a", "", { onComplete: (error) => errors.push(error?.code) });
	list.drop();
	list.drop();
	expect(errors).toEqual(["DROPPED"]);
});
