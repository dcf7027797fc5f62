// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { brokerOf } from "../../../host/command/broker.ts";
import { parseFormat } from "../../../host/command/format.ts";
import { linesOf } from "../../../host/command/lines.ts";
import { parseProperties } from "../../../host/command/properties.ts";

const message = {
	topicName: "a/b",
	payload: Buffer.from("hé"),
	qos: 1,
	retain: true,
	duplicate: false,
	properties: { contentType: "text/plain", userProperty: [["k", "v"]] as [string, string][] },
} as const;

for (const [format, printed] of [
	["%t %p %q %r", "a/b hé 1 1"],
	["%l %x %X", "3 68c3a9 68C3A9"],
	["[%6t][%-6t][%06l][%.2t][%6.2C]", "[   a/b][a/b   ][000003][a/][    te]"],
	["%C %P %R%E%F%S%A%D|", "text/plain k:v |"],
	["100%% @@ \\\\ \\t|", "100% @ \\ \t|"],
	["\\0\\a\\e\\n\\r\\v", "\0\x07\x1b\n\r\v"],
	["", ""],
	["no fields", "no fields"],
] as const)
	test(`the format ${JSON.stringify(format)}`, () => expect(String(parseFormat(format)(message))).toBe(printed));

test("payloads are printed byte by byte", () => {
	const payload = Buffer.of(0, 0xff, 0x80);
	expect(parseFormat("%p")({ ...message, payload })).toEqual(payload);
});

test("%j and %J are JSON", () => {
	expect(JSON.parse(String(parseFormat("%j")(message)))).toMatchObject({ topic: "a/b", retain: 1, payload: "hé" });
	const payload = Buffer.from("[1, 2]");
	expect(JSON.parse(String(parseFormat("%J")({ ...message, payload })))).toMatchObject({ payload: [1, 2] });
	expect(() => parseFormat("%J")(message)).toThrow('the payload of a message to "a/b" is no JSON');
});

for (const [format, got] of [
	["%z", '"%z"'],
	["%", '"%"'],
	["%5q", '"%5q"'],
	["%.3l", '"%.3l"'],
	["@H", '"@"'],
	["\\x", '"\\x"'],
	["\\", '"\\"'],
	["%constructor", '"%c"'],
] as const)
	test(`the format ${format} is refused`, () => expect(() => parseFormat(format)).toThrow(got));

test("properties are named as in the library, whatever comes between", () => {
	const words =
		"publish user-property a b connect receive-maximum 5 publish user-property a c will will-delay-interval 7";
	expect(parseProperties(words.split(" "), "publish")).toEqual({
		connect: { receiveMaximum: 5 },
		publish: {
			userProperty: [
				["a", "b"],
				["a", "c"],
			],
		},
		subscribe: {},
		will: { willDelayInterval: 7 },
	});
	const bytes = parseProperties(["PUBLISH", "correlation-data", "é"], "publish").publish;
	expect(bytes).toEqual({ correlationData: Buffer.from("é") });
});

for (const [words, own, error] of [
	["publish", "publish", "expected content-type, "],
	["publish content-type x", "subscribe", 'expected connect, subscribe or will, got "publish"'],
	["publish topic-alias 3", "publish", 'got "topic-alias"'],
	["publish constructor 3", "publish", 'got "constructor"'],
	["publish content-type", "publish", "expected a value, got too few words"],
	["publish user-property x", "publish", "expected a name and a value, got too few words"],
	["publish message-expiry-interval soon", "publish", 'expected a whole number, got "soon"'],
	["disconnect session-expiry-interval 1", "publish", 'got "disconnect"'],
] as const)
	test(`-D ${words} is refused`, () => expect(() => parseProperties(words.split(" "), own)).toThrow(error));

test("lines are what is between ends of lines, however the bytes come", async () => {
	const text = "one\n\nthree é\nlast";
	const bytes = Buffer.from(text);
	for (const size of [1, 2, 3, 7, 100]) {
		const chunks = async function* () {
			for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
		};
		const lines: string[] = [];
		for await (const line of linesOf(chunks())) lines.push(String(line));
		expect(lines).toEqual(text.split("\n"));
	}
});

for (const [flags, url, topic] of [
	[{}, "mqtt://localhost", undefined],
	[{ host: "broker", port: 1884 }, "mqtt://broker:1884", undefined],
	[{ port: 8883 }, "mqtts://localhost:8883", undefined],
	[{ tlsUseOsCerts: true }, "mqtts://localhost", undefined],
	[{ servername: "x" }, "mqtts://localhost", undefined],
	[{ url: "mqtt://u:p@broker:1/a/b" }, "mqtt://u:p@broker:1", "a/b"],
	[{ url: "mqtts://broker/" }, "mqtts://broker/", undefined],
	[{ url: "wss://broker/path" }, "wss://broker/path", undefined],
] as const)
	test(`${JSON.stringify(flags)} is ${url}`, () => {
		expect(brokerOf(flags, "publish")).toMatchObject({ url, topic });
	});

test("the flags of a client are its options", () => {
	const flags = { idPrefix: "x-", username: "u", pw: "p", keepalive: 5, sessionExpiryInterval: 9, maxInflight: 3 };
	expect(
		brokerOf({ ...flags, willTopic: "w", willQos: 1, property: ["will", "content-type", "c"] }, "publish").options,
	).toMatchObject({
		clientId: `x-${process.pid}`,
		cleanStart: true,
		username: "u",
		password: "p",
		keepAlive: 5,
		sessionExpiryInterval: 9,
		maximumInFlight: 3,
		protocolVersion: 5,
		will: { topicName: "w", payload: "", qos: 1, retain: false, properties: { contentType: "c" } },
	});
});

for (const [flags, error] of [
	[{ url: "mqtt://a", host: "b" }, "expected --url or --host and --port"],
	[{ id: "a", idPrefix: "b" }, "expected --id or --id-prefix"],
	[{ willPayload: "x" }, "expected --will-topic"],
	[{ disableCleanSession: true }, "-c needs --id"],
	[{ cert: "/nonexistent" }, "--cert: ENOENT"],
] as const)
	test(`${JSON.stringify(flags)} is refused`, () => expect(() => brokerOf(flags, "publish")).toThrow(error));
