// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort, TCP } from "../../../host/io/index.ts";
import { bytes, text } from "./bytes.ts";
import { Journal, settled } from "./journal.ts";
import { connected, received, serve, stuck } from "./peer.ts";

const WINDOW = 1536;

describe("TCP end", () => {
	const ends: [string, "end" | "resetAndDestroy"][] = [
		["a FIN", "end"],
		["a RST", "resetAndDestroy"],
	];
	for (const [name, how] of ends) {
		test(`${name} gives one onError, without argument`, async () => {
			const { journal, peer } = await connected();
			peer[how]();
			await journal.has("error");
			await settled();
			expect(journal.lines).toEqual([`writable ${WINDOW}`, "error"]);
		});

		test(`${name} waits until everything received was read`, async () => {
			const { tcp, journal, peer } = await connected();
			peer.write("last words");
			await journal.has("readable 10");
			peer[how]();
			await once(peer, how === "end" ? "finish" : "close");
			await settled();
			expect(text(tcp.read(9))).toBe("last word");
			await settled();
			expect(journal.lines).not.toContain("error");
			expect(text(tcp.read())).toBe("s");
			await journal.has("error");
		});

		test(`after ${name} a write does nothing and a read gives undefined`, async () => {
			const { tcp, journal, peer } = await connected();
			peer[how]();
			await journal.has("error");
			expect(tcp.write(bytes("x"))).toBeUndefined();
			expect(tcp.write(new Uint8Array(WINDOW + 1))).toBeUndefined();
			expect(tcp.read()).toBeUndefined();
			expect(tcp.read(1)).toBeUndefined();
			await settled();
			expect(journal.lines).toEqual([`writable ${WINDOW}`, "error"]);
		});
	}

	test("gives one onError, whatever leaves or comes after it", async () => {
		const { journal, peer } = await stuck(new Uint8Array(WINDOW));
		peer.end();
		await journal.has("error");
		journal.lines.length = 0;
		await received(peer);
		await settled();
		expect(journal.lines).toEqual([]);
	});

	test("a refused connection gives onError with the reason, and nothing else", async () => {
		const port = await freePort("tcp", 0, "127.0.0.1");
		const journal = new Journal();
		const tcp = new TCP({ address: "127.0.0.1", port, ...journal.tcp() });
		onTestFinished(() => tcp.close());
		await journal.has(`error connect ECONNREFUSED 127.0.0.1:${port}`);
		expect(journal.lines).toHaveLength(1);
		expect(tcp.write(bytes("x"))).toBeUndefined();
	});
});

describe("TCP close", () => {
	test("sends what was written before", async () => {
		const { tcp, peer } = await connected();
		tcp.write(bytes("goodbye"));
		tcp.close();
		expect(await received(peer)).toBe("goodbye");
	});

	test("may be called again; any other call throws", async () => {
		const { tcp } = await connected();
		tcp.close();
		tcp.close();
		const calls: (() => unknown)[] = [
			() => tcp.read(),
			() => tcp.write(bytes("x")),
			() => tcp.remoteAddress,
			() => tcp.remotePort,
			() => tcp.format,
			() => {
				tcp.format = "buffer";
			},
			() => new TCP({ from: tcp }),
		];
		for (const call of calls) expect(call).toThrow(/closed/);
	});

	test("is the end of all callbacks", async () => {
		const { tcp, journal, peer } = await connected();
		peer.write("unread");
		await journal.has("readable 6");
		tcp.write(bytes("x"));
		tcp.close();
		peer.resume().end("more");
		await once(peer, "close");
		await settled();
		expect(journal.lines).toEqual([`writable ${WINDOW}`, "readable 6"]);
	});

	test("inside a callback keeps the others of that turn from coming", async () => {
		const { tcp, journal, peer } = await connected();
		peer.write("bytes");
		await journal.has("readable 5");
		const second = new Journal();
		new TCP({
			from: tcp,
			...second.tcp(),
			onReadable(count) {
				second.note(`readable ${count}`);
				this.close();
			},
		});
		await second.has("readable 5");
		await settled();
		expect(second.lines).toEqual(["readable 5"]);
	});

	test("while connecting gives up", async () => {
		const { port } = await serve();
		const journal = new Journal();
		const tcp = new TCP({ address: "127.0.0.1", port, ...journal.tcp() });
		tcp.close();
		await settled();
		expect(journal.lines).toEqual([]);
	});
});

describe("TCP from", () => {
	test("takes the connection over with all that was not read, and closes the other instance", async () => {
		const { tcp, journal, peer } = await connected();
		peer.write("hello");
		await journal.has("readable 5");
		expect(text(tcp.read(1))).toBe("h");
		const second = new Journal();
		const heir = new TCP({ from: tcp, ...second.tcp() });
		onTestFinished(() => heir.close());
		expect(second.lines).toEqual([]);
		expect(() => tcp.read()).toThrow(/closed/);
		tcp.close();
		await second.has(`writable ${WINDOW}`);
		expect(second.lines).toEqual(["readable 4", `writable ${WINDOW}`]);
		expect(text(heir.read())).toBe("ello");
		heir.write(bytes("mine"));
		heir.close();
		expect(await received(peer)).toBe("mine");
		expect(journal.lines).toEqual([`writable ${WINDOW}`, "readable 5"]);
	});

	test("works while the connection is not there yet", async () => {
		const { port } = await serve();
		const [first, second] = [new Journal(), new Journal()];
		const tcp = new TCP({ address: "127.0.0.1", port, ...first.tcp() });
		const heir = new TCP({ from: tcp, ...second.tcp() });
		onTestFinished(() => heir.close());
		await second.has(`writable ${WINDOW}`);
		expect(first.lines).toEqual([]);
	});

	test("tells of a connection that was lost before", async () => {
		const { tcp, journal, peer } = await connected();
		peer.end();
		await journal.has("error");
		const second = new Journal();
		const heir = new TCP({ from: tcp, ...second.tcp() });
		onTestFinished(() => heir.close());
		await second.has("error");
		expect(second.lines).toEqual(["error"]);
	});
});
