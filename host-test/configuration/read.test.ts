// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { checkText } from "../../host/board/check.ts";
import { flagConfiguration } from "../../host/configuration/flags.ts";
import { checkedConfiguration, parseConfiguration, readConfiguration } from "../../host/configuration/read.ts";

const WHOLE = {
	id: "thermostat-9",
	title: "Attic",
	topic: "home/attic/thermostat",
	broker: "mqtts://broker.example:8884",
	protocol: "5.0",
	keepAlive: 60,
	coapPort: 5690,
	intervals: { temperature: 5000 },
	hostName: "attic",
	wifi: [{ ssid: "home" }, { ssid: "barn" }],
	timeServers: ["time.example"],
	health: true,
} as const;

test("every key may be said", () => {
	expect(parseConfiguration(JSON.stringify({ $schema: "./katydid.config.schema.json", ...WHOLE }), "a.json")).toEqual(
		WHOLE,
	);
	expect(parseConfiguration("{}", "a.json")).toEqual({});
});

const wrong: [json: string, message: string][] = [
	['{\n\t"topic": "a",\n\t"brokers": 1\n}', 'a.json:3:2: error: unknown key "brokers": expected'],
	['{ "brokr": "mqtt://a" }', 'did you mean "broker"?'],
	['{ "keepAlive": "60" }', 'a.json:1:16: error: keepAlive: expected a whole number, got "60"'],
	['{ "keepAlive": 1.5 }', "keepAlive: expected a whole number, got 1.5"],
	['{ "coapPort": 0 }', "a.json:1:15: error: coapPort: must be >= 1, got 0"],
	['{ "coapPort": 65536 }', "coapPort: must be <= 65535"],
	['{ "protocol": "3.1" }', 'unknown protocol "3.1": expected auto, 5.0 or 3.1.1'],
	['{ "broker": "http://a" }', 'broker: expected mqtt://, mqtts://, ws:// or wss://, then host[:port], got "http://a"'],
	['{ "id": "a b" }', 'id: expected 1 to 64 letters, digits, . : _ or -, got "a b"'],
	['{ "topic": "home/#" }', 'topic: expected a topic such as "home/livingroom/thermostat", got "home/#"'],
	['{ "hostName": "-a" }', "hostName: expected 1 to 32 letters, digits and hyphens"],
	[`{ "hostName": "${"a".repeat(33)}" }`, "hostName: expected 1 to 32 letters, digits and hyphens"],
	[
		'{\n  "wifi": [\n    { "ssid": "home", "password": "x" }\n  ]\n}',
		"a.json:3:23: error: a password is not kept in a file: katydid provision",
	],
	['{ "wifi": [{}] }', '"ssid" is missing in wifi[0]: add it'],
	['{ "wifi": "home" }', 'wifi: expected a list, got "home"'],
	['{ "intervals": { "temperature": 0 } }', "intervals.temperature: must be >= 1, got 0"],
	['{ "timeServers": [] }', "timeServers:"],
	['{ "health": "yes" }', 'health: expected true or false, got "yes"'],
	['{ "id": "a", "id": "b" }', 'a.json:1:3: error: "id" is there twice: keep one'],
	['{ "id": "a" "topic": "b" }', "a.json:1:13: error: not JSON: comma expected"],
	["[]", "a.json:1:1: error:"],
	["", "a.json:1:1: error: not JSON"],
];

for (const [json, message] of wrong)
	test(`${json.replaceAll(/\s+/g, " ")} is refused`, () => {
		expect(() => parseConfiguration(json, "a.json")).toThrow(message);
	});

test("a line for each mistake", () => {
	const text = '{ "keepAlive": "60",\n  "colour": 1 }';
	let message = "";
	try {
		parseConfiguration(text, "a.json");
	} catch (error) {
		message = (error as Error).message;
	}
	expect(
		message
			.split("\n")
			.map((line) => line.slice(0, 12))
			.sort(),
	).toEqual(["a.json:1:16:", "a.json:2:3: "]);
});

test("without a file nothing is configured, but one that is named must be there", () => {
	expect(() => readConfiguration("no/such.json")).toThrow("--config: no/such.json cannot be read (ENOENT)");
});

test("an app's mistake says where it is", () => {
	expect(checkedConfiguration(undefined, "the app main")).toBeUndefined();
	expect(checkedConfiguration({ topic: "a" }, "the app main")).toEqual({ topic: "a" });
	const untyped = { colour: 1 } as object;
	expect(() => checkedConfiguration(untyped, "the app main")).toThrow('the app main: unknown key "colour"');
});

test("a board's mistake has its line", () => {
	const text = '{ "title": "a", "chip": "esp32",\n "configuration": { "keepAlive": "x", "coapPort": 1 } }';
	expect(checkText(text, "board.json", "a").errors).toEqual([
		'board.json:2:34: error: configuration.keepAlive: expected a whole number, got "x"',
	]);
	expect(checkText(text.replace('"x"', "5"), "board.json", "a").errors).toEqual([]);
});

describe("flags", () => {
	test("say what a file says", () => {
		const flags = ["id=1", "topic=home/a=b", "keepAlive=5", "coapPort=1", "intervals.temperature=50", "health=true"];
		expect(flagConfiguration([...flags, "wifi=home", "wifi=b=c", "timeServers=a,b", "intervals.humidity=1"])).toEqual({
			id: "1",
			topic: "home/a=b",
			keepAlive: 5,
			coapPort: 1,
			intervals: { temperature: 50, humidity: 1 },
			health: true,
			wifi: [{ ssid: "home" }, { ssid: "b=c" }],
			timeServers: ["a", "b"],
		});
		expect(flagConfiguration()).toEqual({});
	});

	for (const [flag, message] of [
		["topic", '--with: expected KEY=VALUE, got "topic"'],
		["colour=red", '--with: unknown key "colour"'],
		["keepAlive=often", '--with: keepAlive: expected a whole number, got "often"'],
		["keepAlive=", '--with: keepAlive: expected a whole number, got ""'],
		["intervals.a.b=1", '--with: expected KEY=VALUE, got "intervals.a.b=1"'],
		["intervals=1", "--with: intervals: expected an object"],
		["__proto__.topic=1", "--with: "],
	] as const)
		test(`${flag} is refused`, () => {
			expect(() => flagConfiguration([flag])).toThrow(message);
		});
});
