// SPDX-License-Identifier: MIT
// Who may do what, and where security would sit.
import { describe, expect, test } from "vitest";
import { type Access, type Association, type Endpoint, Secured } from "../../src/coap/index.ts";
import { Client, Pair } from "../support/coap-pair.ts";
import { datagram, textOf } from "../support/coap-text.ts";

/** A server of `/a` for whom `access` lets. */
function guarded(access: Access | undefined) {
	const pair = new Pair();
	const subjects: (string | undefined)[] = [];
	const handler = ({ subject }: { subject: string | undefined }) => {
		subjects.push(subject);
		return "20";
	};
	const resource = pair.server.resource("a", { observable: true, access, get: handler, put: handler, post: handler });
	let messageId = 0x2000;
	/** The code that `subject`, of whom security tells, or not, is answered. */
	const ask = (subject: string | undefined, method: string, options = ""): string => {
		const client = new Client(pair, { address: "192.0.2.1", port: 5000, subject });
		const request = `CON ${method} ${(messageId++).toString(16)} Uri-Path=a${options}`;
		return client.sends(request)[0]!.split(" ")[1]!;
	};
	return { pair, resource, subjects, ask };
}

describe("a resource", () => {
	test("without rules is for everybody", () => {
		const { ask, subjects } = guarded(undefined);
		expect([ask(undefined, "GET"), ask("kim", "PUT")]).toEqual(["2.05", "2.04"]);
		expect(subjects).toEqual([undefined, "kim"]);
	});

	test("that demands security answers 4.01 without, and its handler does not run (RFC 7252 §5.9.2.2)", () => {
		const { ask, subjects } = guarded({ others: "secured" });
		for (const method of ["GET", "PUT", "POST"]) expect(ask(undefined, method)).toBe("4.01");
		expect(subjects).toEqual([]);
		expect(ask("kim", "GET")).toBe("2.05");
	});

	test("answers 4.03 to who is known, and may not (RFC 7252 §5.9.2.4)", () => {
		const { ask } = guarded({ get: "anyone", put: ["kim", "sam"], others: [] });
		expect([ask(undefined, "GET"), ask("eve", "GET")]).toEqual(["2.05", "2.05"]);
		expect([ask("kim", "PUT"), ask("sam", "PUT")]).toEqual(["2.04", "2.04"]);
		expect([ask("eve", "PUT"), ask(undefined, "PUT")]).toEqual(["4.03", "4.01"]);
		expect([ask("kim", "POST"), ask(undefined, "POST")]).toEqual(["4.03", "4.01"]);
	});

	test("answers 4.05 to a method that it has not, whoever asks (RFC 7252 §5.9.2.6)", () => {
		const { ask } = guarded({ others: "secured" });
		expect([ask(undefined, "DELETE"), ask("kim", "DELETE")]).toEqual(["4.05", "4.05"]);
	});

	test("is observed by who may, and answers others once", () => {
		const { pair, ask } = guarded({ observe: ["kim"] });
		expect([ask(undefined, "GET", " Observe=0"), ask("eve", "GET", " Observe=0")]).toEqual(["2.05", "2.05"]);
		expect(pair.server.observed).toBe(0);
		ask("kim", "GET", " Observe=0");
		expect(pair.server.observed).toBe(1);
	});

	test("tells its handler for whom a notification is", () => {
		const { pair, ask, resource, subjects } = guarded({ observe: "secured" });
		ask("kim", "GET", " Observe=0");
		resource.changed();
		pair.drain();
		expect(subjects).toEqual(["kim", "kim"]);
	});

	test("leaves no subject to the request after it", () => {
		const { ask, subjects } = guarded({ get: "anyone" });
		ask("kim", "GET");
		ask(undefined, "GET");
		expect(subjects).toEqual(["kim", undefined]);
	});
});

/** Security for tests: each byte is flipped, behind a byte that must be 1. It drops what it is told to. */
class Flipped implements Association {
	drops = false;

	unprotect(bytes: Uint8Array) {
		if (bytes[0] !== 1) return undefined;
		return { bytes: bytes.slice(1).map((byte) => byte ^ 0xff), subject: "kim" };
	}

	protect(message: Uint8Array) {
		return this.drops ? undefined : Uint8Array.of(1, ...message.map((byte) => byte ^ 0xff));
	}
}

describe("a server behind security", () => {
	const KIM: Endpoint = { address: "192.0.2.1", port: 5000 };
	const EVE: Endpoint = { address: "192.0.2.9", port: 5000 };

	function behind() {
		const { pair, resource } = guarded({ others: "secured" });
		const association = new Flipped();
		const secured = new Secured(pair.server, ({ address }) => (address === KIM.address ? association : undefined));
		const sends = (from: Endpoint, bytes: Uint8Array) => secured.receive(bytes, from, pair.now);
		const plain = (bytes: Uint8Array | undefined) => textOf(association.unprotect(bytes!)!.bytes);
		const kim = (line: string) => sends(KIM, association.protect(datagram(line))!);
		return { pair, resource, association, secured, sends, plain, kim };
	}

	test("takes and gives messages as the association with the endpoint has them", () => {
		const { plain, kim } = behind();
		const reply = kim("CON GET 0001 [aa] Uri-Path=a");
		expect(reply![0]).toBe(1);
		expect(plain(reply)).toBe("ACK 2.05 0001 [aa] Content-Format=0 | 20");
	});

	test("knows a repeated message, whatever it looks like on its way (RFC 7252 §4.5)", () => {
		const { plain, kim } = behind();
		const reply = plain(kim("CON POST 0001 Uri-Path=a"));
		expect(plain(kim("CON POST 0001 Uri-Path=a"))).toBe(reply);
	});

	test("drops what the association does not take, and what is not protected", () => {
		const { pair, sends } = behind();
		expect(sends(KIM, datagram("CON GET 0001 Uri-Path=a"))).toBeUndefined();
		expect(pair.errors).toEqual([]);
	});

	test("answers others in plain, as nobody, whatever they say they are", () => {
		const { sends } = behind();
		const reply = sends({ ...EVE, subject: "kim" }, datagram("CON GET 0001 Uri-Path=a"));
		expect(textOf(reply!)).toBe("ACK 4.01 0001");
	});

	test("notifies through the association, and goes on when that drops one", () => {
		const { pair, resource, association, secured, plain, kim } = behind();
		let woken = 0;
		secured.wake = () => {
			woken++;
		};
		kim("CON GET 0001 [aa] Uri-Path=a Observe=0");
		kim("CON GET 0002 [bb] Uri-Path=a Observe=0");
		expect(secured.transmit({ ...KIM }, 0)).toBeUndefined();
		resource.changed();
		expect([woken, secured.due]).toEqual([1, true]);
		expect(plain(secured.transmit({ ...KIM }, 0))).toMatch("NON 2.05 1000 [aa]");
		association.drops = true;
		expect(secured.transmit({ ...KIM }, 0)).toBeUndefined();
		secured.expire(0);
		expect(secured.deadline).toBe(pair.server.deadline);
	});
});
