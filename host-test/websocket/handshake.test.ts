// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { WebSocketError } from "../../src/websocket/index.ts";
import { hex, toHex } from "../support/hex.ts";
import { ACCEPT, ACCEPTED, http, KEY, TARGET, WebSocketPair } from "./pair.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (digits: string) => new TextDecoder().decode(hex(digits));

/** The usual answer with the line that begins as `line` does replaced by it, or without it. */
function answer(line: string, replaced = true): string[] {
	const name = line.split(":")[0]!.toLowerCase();
	return ACCEPTED.flatMap((other) => (other.toLowerCase().startsWith(name) ? (replaced ? [line] : []) : [other]));
}

describe("request", () => {
	const lines = (host: string, path: string) => [
		`GET ${path} HTTP/1.1`,
		`Host: ${host}`,
		"Upgrade: websocket",
		"Connection: Upgrade",
		`Sec-WebSocket-Key: ${KEY}`,
		"Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Protocol: mqtt",
		"",
		"",
	];
	const rows: [string, object, string][] = [
		["another port", {}, "broker.local:8080"],
		["port 80", { port: 80 }, "broker.local"],
		["port 443 without TLS", { port: 443 }, "broker.local:443"],
		["port 443", { port: 443, tls: {} }, "broker.local"],
		["port 80 with TLS", { port: 80, tls: {} }, "broker.local:80"],
	];
	for (const [name, change, host] of rows)
		test(`asks for the WebSocket at ${name}, with the key of RFC 6455 §1.3, and offers mqtt [MQTT-6.0.0-3] [3.1.1 MQTT-6.0.0-3]`, () => {
			const pair = new WebSocketPair().want({ ...TARGET, ...change });
			expect(text(pair.said()).split("\r\n")).toEqual(lines(host, "/mqtt"));
			expect(pair.inner.log).toEqual([]);
		});

	test("has the path with its query", () => {
		const pair = new WebSocketPair().want({ ...TARGET, webSocket: { path: "/a/b?token=c%20d" } });
		expect(text(pair.said()).split("\r\n")).toEqual(lines("broker.local:8080", "/a/b?token=c%20d"));
	});

	test("goes in pieces when the socket takes it in pieces", () => {
		const pair = new WebSocketPair().want(TARGET, 7);
		let all = pair.said();
		for (let turn = 0; turn < 50; turn++) {
			pair.socket.writable(7);
			all += pair.said();
		}
		expect(text(all).split("\r\n")).toEqual(lines("broker.local:8080", "/mqtt"));
	});

	for (const path of ["", "mqtt", "/a b", "/a\r\nHost: evil", "/a#b", "/ä"])
		test(`for the path ${JSON.stringify(path)} is not made`, () => {
			const pair = new WebSocketPair().want({ ...TARGET, webSocket: { path } });
			expect(pair.socket.written).toEqual([]);
			expect(pair.socket.closed).toBe(true);
			expect(pair.inner.log).toHaveLength(1);
			expect(pair.inner.log[0]).toContain("expected a path such as /mqtt, without spaces");
		});

	test("for a host that would break the header is not made", () => {
		const pair = new WebSocketPair();
		pair.platform.names["a\r\nb"] = "192.0.2.1";
		pair.want({ ...TARGET, host: "a\r\nb" });
		expect(pair.socket.written).toEqual([]);
		expect(pair.inner.log[0]).toContain("expected a host name");
	});
});

describe("response", () => {
	test("of RFC 6455 §1.3 opens", () => {
		const pair = new WebSocketPair().want(TARGET);
		pair.receives(http(ACCEPTED));
		expect(pair.inner.log).toEqual(["opened"]);
		expect(pair.socket.closed).toBe(false);
	});

	const right: [string, string[]][] = [
		["names and tokens in any case", [...answer("UPGRADE: WebSocket"), "CONNECTION: UPGRADE"]],
		["names in lower case", ACCEPTED.map((line) => line.replace(/^[^:]+:/, (name) => name.toLowerCase()))],
		["tokens of Connection beside ours", answer("Connection: keep-alive, upgrade")],
		["Connection twice", [...answer("Connection: keep-alive"), "Connection: Upgrade"]],
		["no space and many spaces after names", ACCEPTED.map((line) => line.replace("Upgrade: ", "Upgrade: \t "))],
		["fields that mean nothing to us", [...ACCEPTED, "Server: x", "X-Empty:", `X-Long: ${"y".repeat(3000)}`]],
		["an empty list of extensions", [...ACCEPTED, "Sec-WebSocket-Extensions:"]],
		["no reason", ["HTTP/1.1 101", ...ACCEPTED.slice(1)]],
	];
	for (const [name, lines] of right)
		for (const size of [1, 3, Infinity])
			test(`with ${name} opens, in pieces of ${size}`, () => {
				const pair = new WebSocketPair().want(TARGET);
				pair.receives(http(lines), size);
				expect(pair.inner.log).toEqual(["opened"]);
			});

	test("with lines that end in LF alone opens", () => {
		const pair = new WebSocketPair().want(TARGET);
		pair.receives(utf8(`${ACCEPTED.join("\n")}\n\n`));
		expect(pair.inner.log).toEqual(["opened"]);
	});

	const wrong: [string, string[], string][] = [
		["no Upgrade", answer("Upgrade", false), "expected Upgrade: websocket, got none"],
		["another Upgrade", answer("Upgrade: h2c"), 'expected Upgrade: websocket, got "h2c"'],
		["no Connection", answer("Connection", false), "expected Connection: Upgrade, got none"],
		["another Connection", answer("Connection: upgraded"), 'expected Connection: Upgrade, got "upgraded"'],
		["no accept", answer("Sec-WebSocket-Accept", false), `expected Sec-WebSocket-Accept: ${ACCEPT}, got none`],
		[
			"the accept of another key",
			answer("Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
			`expected Sec-WebSocket-Accept: ${ACCEPT}, got "HSmrc0sMlYUkAGmm5OPpG2HaGWk="`,
		],
		[
			"the accept in another case",
			answer(`Sec-WebSocket-Accept: ${ACCEPT.toLowerCase()}`),
			`expected Sec-WebSocket-Accept: ${ACCEPT}, got "${ACCEPT.toLowerCase()}"`,
		],
		["no subprotocol", answer("Sec-WebSocket-Protocol", false), "expected Sec-WebSocket-Protocol: mqtt, got none"],
		[
			"another subprotocol [MQTT-6.0.0-4]",
			answer("Sec-WebSocket-Protocol: mqttv3.1"),
			'expected Sec-WebSocket-Protocol: mqtt, got "mqttv3.1"',
		],
		[
			"an extension that was not asked for",
			[...ACCEPTED, "Sec-WebSocket-Extensions: permessage-deflate"],
			'expected no WebSocket extension, got "permessage-deflate"',
		],
		["a field without a name", [...ACCEPTED, ": x"], 'expected an HTTP header field, got ": x"'],
		["a folded field", [...ACCEPTED, " x: y"], 'expected an HTTP header field, got " x: y"'],
		["a line that is no field", [...ACCEPTED, "nonsense"], 'expected an HTTP header field, got "nonsense"'],
		["too many bytes", [...ACCEPTED, `x: ${"y".repeat(8192)}`], "expected at most 8192 bytes of HTTP header, got more"],
		["no end", [`HTTP/1.1 101 ${"y".repeat(9000)}`], "expected at most 8192 bytes of HTTP header, got more"],
		[
			"another protocol",
			["SSH-2.0-OpenSSH_9.2"],
			'expected an HTTP response to the WebSocket handshake, got "SSH-2.0-OpenSSH_9.2"',
		],
		["no status", ["HTTP/1.1 abc"], 'expected an HTTP response to the WebSocket handshake, got "HTTP/1.1 abc"'],
		[
			"another version of HTTP",
			["HTTP/2 101"],
			'expected an HTTP response to the WebSocket handshake, got "HTTP/2 101"',
		],
	];
	for (const [name, lines, message] of wrong)
		for (const size of [1, Infinity])
			test(`with ${name} is refused, in pieces of ${size}`, () => {
				const pair = new WebSocketPair().want(TARGET);
				pair.said();
				pair.receives(http(lines), size);
				expect(pair.inner.log).toEqual([`closed: ${message}`]);
				expect(pair.socket.closed).toBe(true);
				expect(pair.said()).toBe("");
			});

	for (const [line, status] of [
		["HTTP/1.1 403 Forbidden", 403],
		["HTTP/1.1 404 Not Found", 404],
		["HTTP/1.0 400 Bad Request", 400],
		["HTTP/1.1 301 Moved Permanently", 301],
		["HTTP/1.1 200 OK", 200],
	] as const)
		test(`"${line}" is a refusal with its status`, () => {
			const pair = new WebSocketPair().want(TARGET);
			pair.receives(utf8(`${line}\r\n`));
			expect(pair.inner.log).toEqual([`closed: the server refused the WebSocket: HTTP ${line.slice(9)}`]);
			const [error] = pair.inner.errors as WebSocketError[];
			expect(error).toBeInstanceOf(WebSocketError);
			expect([error!.name, error!.status, error!.code]).toEqual(["WebSocketError", status, undefined]);
			expect(pair.socket.closed).toBe(true);
		});

	test("cut off anywhere opens nothing, and the end of the connection says so", () => {
		const whole = http(ACCEPTED);
		for (let length = 0; length < whole.length; length++) {
			const pair = new WebSocketPair().want(TARGET);
			pair.receives(whole.slice(0, length));
			expect(pair.inner.log).toEqual([]);
			pair.socket.fails();
			expect(pair.inner.log).toEqual(["closed: the connection ended, and no WebSocket was accepted"]);
		}
	});

	test("is waited for before anything is sent", () => {
		const pair = new WebSocketPair().want(TARGET);
		pair.said();
		pair.sends(hex("c000"));
		pair.socket.writable(1000);
		expect(pair.said()).toBe("");
		pair.receives(http(ACCEPTED));
		expect(pair.said()).toBe("828237fa213df7fa");
	});

	test("may have frames behind it, in the same read", () => {
		const accepted = toHex(http(ACCEPTED));
		for (let size = 1; size < accepted.length / 2 + 15; size++) {
			const pair = new WebSocketPair().want(TARGET);
			pair.said();
			pair.receives(`${accepted} 8203200200 8901aa 8202d000`, size);
			expect(pair.inner.received).toBe("200200d000");
			expect(pair.said()).toBe("8a8137fa213d9d");
		}
	});
});

test("a connection that cannot be made is closed as it is without WebSocket", () => {
	const pair = new WebSocketPair();
	pair.platform.names = {};
	pair.inner.target = TARGET;
	pair.inner.wake();
	pair.platform.pass(0);
	expect(pair.inner.log).toEqual(["closed: no address for broker.local"]);
});
