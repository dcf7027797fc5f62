// SPDX-License-Identifier: MIT
// Resources whose path has parameters, and what requests tell of themselves.
import { describe, expect, test } from "vitest";
import { Option, type Request, type ResourceOptions, type Result } from "../../src/coap/index.ts";
import { Pair } from "../support/coap-pair.ts";
import { hex, toHex } from "../support/hex.ts";

/** A pair that serves `paths`, each with a GET that tells its path and parameters. */
function serving(...paths: string[]) {
	const pair = new Pair();
	for (const path of paths)
		pair.server.resource(path, { get: ({ params }) => `${path} ${JSON.stringify({ ...params })}` });
	const client = pair.client();
	let messageId = 0x2000;
	/** The payload of the answer to a GET of `path`, or the code of a refusal. */
	const get = (path: string) => {
		const options = path.split("/").map((segment) => `Uri-Path=${segment}`);
		const [, code, , , ...rest] = client
			.sends(`CON GET ${(messageId++).toString(16)} ${options.join(" ")}`)[0]!
			.split(" ");
		return code === "2.05" ? rest.slice(1).join(" ") : code;
	};
	return { pair, client, get };
}

describe("a path with parameters", () => {
	test("is every path of as many segments, and its handler is told what stands for each", () => {
		const { get } = serving("rooms/:room/light");
		expect(get("rooms/kitchen/light")).toBe('rooms/:room/light {"room":"kitchen"}');
		expect(get("rooms/b%C3%A4d/light")).toBe('rooms/:room/light {"room":"b%C3%A4d"}');
		expect(get("rooms/kitchen")).toBe("4.04");
		expect(get("rooms/kitchen/heat")).toBe("4.04");
		expect(get("rooms/kitchen/light/red")).toBe("4.04");
		expect(get("rooms//light")).toBe("4.04");
	});

	test("may have several", () => {
		const { get } = serving(":building/:floor");
		expect(get("a/3")).toBe(':building/:floor {"building":"a","floor":"3"}');
	});

	test("that ends in * is a sub-tree, of one segment or more", () => {
		const { get } = serving("files/*");
		expect(get("files/a")).toBe('files/* {"*":"a"}');
		expect(get("files/a/b.txt")).toBe('files/* {"*":"a/b.txt"}');
		expect(get("files")).toBe("4.04");
		expect(get("file/a")).toBe("4.04");
	});

	for (const segment of ["..", ".", "a/..", "a/b", "", "\ufffd"])
		test(`takes ${JSON.stringify(segment)} for no name, so that nothing leads out of a sub-tree`, () => {
			const { client } = serving("files/*", "rooms/:room/light");
			expect(client.sends(`CON GET 0001 Uri-Path=files Uri-Path=a Uri-Path=${segment}`)).toEqual(["ACK 4.04 0001"]);
			expect(client.sends(`CON GET 0002 Uri-Path=rooms Uri-Path=${segment} Uri-Path=light`)).toEqual(["ACK 4.04 0002"]);
		});

	test("in bytes that are no UTF-8 is not found", () => {
		expect(serving(":name").client.sends(hex("40 01 0001 b1 ff"))).toEqual(["ACK 4.04 0001"]);
	});

	test("gives way to one that says more, in whatever order they were added", () => {
		const { get } = serving("*", "rooms/*", ":a/:b", "rooms/:room", "rooms/attic", ":a/b");
		expect(get("rooms/attic")).toMatch("rooms/attic");
		expect(get("rooms/hall")).toMatch("rooms/:room");
		expect(get("rooms/hall/light")).toMatch("rooms/*");
		expect(get("x/b")).toMatch(":a/b");
		expect(get("x/y")).toMatch(":a/:b");
		expect(get("x/y/z")).toMatch('* {"*":"x/y/z"}');
	});

	test("tells nothing of the request before", () => {
		const { client, get } = serving("rooms/:room/light", "plain");
		get("rooms/kitchen/light");
		expect(get("plain")).toBe("plain {}");
		expect(client.sends("CON GET 0001 Uri-Path=none")).toEqual(["ACK 4.04 0001"]);
	});

	test("has no name that is the object's own", () => {
		expect(serving(":name").pair.client().sends("CON GET 0001 Uri-Path=__proto__")[0]).toMatch('"name":"__proto__"');
	});

	test("is not listed, unless it is to be", () => {
		const pair = new Pair();
		pair.server.resource("rooms/:room/light", {});
		pair.server.resource("files/*", { listed: true });
		pair.server.resource("hidden", { listed: false });
		expect(pair.client().sends("CON GET 0001 Uri-Path=.well-known Uri-Path=core")).toEqual([
			"ACK 2.05 0001 Content-Format=40 | </files/*>",
		]);
	});

	test("is observed path by path", () => {
		const pair = new Pair();
		const light = pair.server.resource("rooms/:room/light", {
			observable: true,
			get: ({ params, path, segments }) => `${params.room} ${path} ${segments.length}`,
		});
		const client = pair.client();
		client.sends("CON GET 0001 [aa] Uri-Path=rooms Uri-Path=hall Uri-Path=light Observe=0");
		client.sends("CON GET 0002 [bb] Uri-Path=rooms Uri-Path=attic Uri-Path=light Observe=0");
		light.changedAt("rooms/attic/light");
		expect(pair.drain().map(({ text }) => text)).toEqual([
			"NON 2.05 1000 [bb] Observe=2 Content-Format=0 | attic rooms/attic/light 3",
		]);
		light.changedAt("rooms/cellar/light");
		expect(pair.drain()).toEqual([]);
		pair.advance(3_000);
		light.changed();
		expect(pair.drain()).toHaveLength(2);
	});

	for (const wrong of ["*/a", "a/*/b", ":", "a/:/b", ":a/:a"])
		test(`${wrong} is refused with a TypeError`, () => {
			expect(() => new Pair().server.resource(wrong, {})).toThrow(TypeError);
		});

	test("that is taken is refused with a TypeError", () => {
		expect(() => serving(":a").pair.server.resource(":a", {})).toThrow(TypeError);
	});
});

describe("a request", () => {
	/** What `read` makes of the request that arrives at `/a/b`. */
	function seen<T>(message: string, read: (request: Request) => T): T | undefined {
		let result: T | undefined;
		const take = (request: Request): Result => {
			result = read(request);
			return undefined;
		};
		const options: ResourceOptions = { get: take, put: take, post: take, delete: take };
		const pair = new Pair();
		pair.server.resource("a/b", { ...options, fetch: take, patch: take, ipatch: take });
		pair.client().sends(message);
		return result;
	}

	for (const method of ["GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"])
		test(`by ${method} tells its method, path and segments`, () => {
			const read = ({ method, path, segments }: Request) => [method, path, ...segments];
			expect(seen(`CON ${method} 0001 Uri-Path=a Uri-Path=b`, read)).toEqual([method, "a/b", "a", "b"]);
		});

	test("gives access to every option, known or not", () => {
		const read = (request: Request) => [...request.options(65_000), ...request.options(Option.URI_HOST)].map(toHex);
		expect(seen("CON GET 0001 Uri-Host=h Uri-Path=a Uri-Path=b 65000=0102 65000=03", read)).toEqual([
			"0102",
			"03",
			"68",
		]);
		expect(seen("CON GET 0001 Uri-Path=a Uri-Path=b", read)).toEqual([]);
	});

	test("with a payload reads the options before it only", () => {
		const read = (request: Request) => request.options(Option.URI_PATH).map(toHex);
		expect(seen("CON POST 0001 Uri-Path=a Uri-Path=b | \u0011x", read)).toEqual(["61", "62"]);
	});
});
