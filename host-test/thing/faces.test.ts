// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { hex } from "../support/hex.ts";
import { World } from "../support/world.ts";

/** A thing with a light and a thermometer, connected; the broker has its state, and two CoAP clients observe the light. */
function setUp() {
	const driven: boolean[] = [];
	let degrees = 22.5;
	const world = new World({
		temperature: { type: "number", interval: 1000, sample: () => degrees },
		light: { type: "boolean", value: false, write: (on) => driven.push(on) },
	});
	const connected = world.connects();
	world.asks("CON GET 0001 [aa] Uri-Path=light Observe=0", 1001);
	world.asks("CON GET 0001 [bb] Uri-Path=light Observe=0", 1002);
	driven.length = 0;
	return { world, driven, connected, warm: (to: number) => (degrees = to) };
}

/** Notifications without their Message IDs and numbers. */
const notifications = (lines: string[]) =>
	lines.map((line) => line.replace(/ [0-9a-f]{4} /, " ").replace(/ Observe=\d+/, ""));

/** A packet without its identifier. */
const anonymous = (line: string) => line.replace(/ \d+ /, " ");

const BOTH = ["NON 2.05 [aa] Content-Format=0 | true", "NON 2.05 [bb] Content-Format=0 | true"];

test("on connecting the thing is online, says every state, and subscribes to its commands", () => {
	const { connected } = setUp();
	expect(connected[0]).toBe("CONNECT thing clean");
	expect(connected.slice(1).map(anonymous).sort()).toEqual([
		"PUBLISH t/light=false retained",
		"PUBLISH t/status=online retained",
		"PUBLISH t/temperature=22.5 retained",
		"SUBSCRIBE t/light/set at 1",
	]);
});

test("a change by CoAP is one publication and one notification for each observer", () => {
	const { world, driven } = setUp();
	const answers = world.asks("CON PUT 0005 [cc] Uri-Path=light | true", 1003);
	expect(answers[0]).toBe("ACK 2.04 0005 [cc]");
	expect(notifications(answers.slice(1))).toEqual(BOTH);
	expect(world.said().map(anonymous)).toEqual(["PUBLISH t/light=true retained"]);
	expect(driven).toEqual([true]);
});

test("a change by MQTT is one publication and one notification for each observer", () => {
	const { world, driven } = setUp();
	world.publishes("t/light/set", '{"light": true}');
	expect(notifications(world.told())).toEqual(BOTH);
	expect(world.said().map(anonymous)).toEqual(["PUBLISH t/light=true retained"]);
	expect(driven).toEqual([true]);
});

test("a change by the app is one publication and one notification for each observer", () => {
	const { world } = setUp();
	world.thing.write("light", true);
	expect(notifications(world.told())).toEqual(BOTH);
	expect(world.said().map(anonymous)).toEqual(["PUBLISH t/light=true retained"]);
});

test("a sample that changed is one publication; one that did not is none", () => {
	const { world, warm } = setUp();
	world.platform.pass(1000);
	expect(world.said()).toEqual([]);
	warm(23);
	world.platform.pass(1000);
	expect(world.said().map(anonymous)).toEqual(["PUBLISH t/temperature=23 retained"]);
	world.platform.pass(5000);
	expect(world.said()).toEqual([]);
});

test("the same command twice drives the actuator twice and is announced once", () => {
	const { world, driven } = setUp();
	world.publishes("t/light/set", "true");
	world.publishes("t/light/set", "true");
	expect(driven).toEqual([true, true]);
	expect(world.said()).toHaveLength(1);
	expect(world.told()).toHaveLength(2);
});

test("a repeated CoAP request is answered again and drives the actuator once", () => {
	const { world, driven } = setUp();
	world.asks("CON POST 0005 [cc] Uri-Path=light", 1003);
	expect(world.asks("CON POST 0005 [cc] Uri-Path=light", 1003)).toEqual(["ACK 2.04 0005 [cc]"]);
	expect(driven).toEqual([true]);
});

test("a retained message on /set is ignored", () => {
	const { world, driven } = setUp();
	world.publishes("t/light/set", "true", { retain: true });
	expect(driven).toEqual([]);
	expect(world.said()).toEqual([]);
});

test("a command that is not allowed changes nothing, and is an event that says what is", () => {
	const { world, driven } = setUp();
	world.publishes("t/light/set", "blue");
	expect(world.asks("CON PUT 0006 [01020304] Uri-Path=light | blue", 1003)).toEqual([
		'ACK 4.00 0006 [01020304] | light: expected true or false, got "blue"',
	]);
	expect(driven).toEqual([]);
	expect(world.events.filter(({ type }) => type === "command")).toEqual([
		{
			type: "command",
			via: "mqtt",
			property: "light",
			payload: "blue",
			error: 'light: expected true or false, got "blue"',
		},
		{
			type: "command",
			via: "coap",
			property: "light",
			payload: "blue",
			error: 'light: expected true or false, got "blue"',
		},
	]);
});

test("a command that is not UTF-8 is refused", () => {
	const { world, driven } = setUp();
	world.publishes("t/light/set", hex("74 72 75 ff"));
	expect(world.events.at(-1)).toMatchObject({ type: "command", via: "mqtt", payload: "" });
	expect(world.asks("CON PUT 0007 [0102030405060708] Uri-Path=light", 1003)).toEqual([
		'ACK 4.00 0007 [0102030405060708] | light: expected true or false, got ""',
	]);
	expect(driven).toEqual([]);
});

test("a message that is not for a property is nobody's command", () => {
	const { world, driven } = setUp();
	for (const topicName of ["t/light", "t/light/get", "x/light/set", "t/temperature/set", "t/lamp/set"])
		world.publishes(topicName, "true");
	expect(driven).toEqual([]);
	expect(world.events.filter(({ type }) => type === "error")).toEqual([]);
});

test("a state that can never be sent is reported, and holds up no other", () => {
	const world = new World({
		note: { type: "string", write: () => {} },
		light: { type: "boolean", write: () => {} },
	});
	world.connects();
	world.thing.command(world.thing.property("note"), "x".repeat(5000));
	world.thing.command(world.thing.property("light"), true);
	expect(world.said().map(anonymous)).toEqual(["PUBLISH t/light=true retained"]);
	expect(world.events.filter(({ type }) => type === "error")).toMatchObject([{ where: "note on mqtt" }]);
});

test("an application that throws while it is told of an event stops nothing", () => {
	const world = new World({ light: { type: "boolean", write: () => {} } }, () => {
		throw new Error("console full");
	});
	world.connects();
	world.publishes("t/light/set", "true");
	expect(world.said().map(anonymous)).toEqual(["PUBLISH t/light=true retained"]);
});

test("after an outage the newest state is published, not what came between", () => {
	const { world } = setUp();
	world.breaks();
	for (let count = 0; count < 100; count++) world.thing.write("light", count % 2 === 0);
	world.thing.write("light", true);
	world.platform.pass(2000);
	const lines = world.connects();
	expect(lines.filter((line) => line.includes("t/light=")).map(anonymous)).toEqual(["PUBLISH t/light=true retained"]);
	expect(lines.join()).toContain("t/status=online");
});

test("what a broker had not acknowledged when it went is not told to the next one as news", () => {
	const { world } = setUp();
	world.answers = false;
	for (let count = 0; count < 6; count++) world.thing.write("light", count % 2 === 0);
	world.breaks();
	world.answers = true;
	world.platform.pass(2000);
	expect(world.connects().slice(1).map(anonymous).sort()).toEqual([
		"PUBLISH t/light=false retained",
		"PUBLISH t/status=online retained",
		"PUBLISH t/temperature=22.5 retained",
		"SUBSCRIBE t/light/set at 1",
	]);
});

test("a broker that acknowledges nothing fills no memory: the newest state follows when it does", () => {
	const { world } = setUp();
	world.answers = false;
	for (let count = 0; count < 1000; count++) world.thing.write("light", count % 2 === 0);
	world.thing.write("light", true);
	const before = world.said();
	expect(before.length).toBeLessThan(20);
	world.answers = true;
	for (const line of before) world.gives({ type: 4, packetIdentifier: Number(line.split(" ")[1]) });
	const after = world.said();
	expect(after.length).toBeLessThan(70);
	expect(after.at(-1)).toContain("t/light=true");
});

test("a broker that comes and goes leaves nothing behind: no socket, no timer, no message", () => {
	const { world } = setUp();
	const first = world.said().length;
	const timers = world.platform.armed;
	for (let count = 0; count < 200; count++) {
		world.breaks();
		world.thing.write("light", count % 2 === 0);
		while (world.platform.tcp.at(-1)!.closed) world.platform.pass(1000);
		const lines = world.connects();
		expect(lines.length).toBe(5);
		world.platform.pass(60_000);
	}
	expect(first).toBe(0);
	expect(world.platform.armed).toBeLessThanOrEqual(timers);
	expect(world.platform.tcp.filter(({ closed }) => !closed)).toHaveLength(1);
	expect(world.said().filter((line) => line !== "PINGREQ")).toEqual([]);
});

test("stopping says offline, waits until the broker knows, then disconnects", () => {
	const { world } = setUp();
	let stopped = false;
	world.running.stop(() => (stopped = true));
	expect(stopped).toBe(false);
	expect(world.said().map(anonymous)).toEqual(["PUBLISH t/status=offline retained", "DISCONNECT"]);
	expect(stopped).toBe(true);
	expect(world.platform.armed).toBe(0);
	expect(world.platform.tcp[0]!.closed).toBe(true);
	expect(world.platform.udp[0]!.closed).toBe(true);
});

test("stopping twice, and from inside an event, is done once for each", () => {
	const { world } = setUp();
	const done: string[] = [];
	world.onEvent = ({ type }) => {
		if (type === "disconnected") world.running.stop(() => done.push("inside"));
	};
	world.running.stop(() => done.push("first"));
	world.running.stop(() => done.push("second"));
	world.said();
	expect(done.sort()).toEqual(["first", "inside", "second"]);
	world.running.stop(() => done.push("late"));
	expect(done).toHaveLength(4);
});

test("stopping ends too when the broker does not answer", () => {
	const { world } = setUp();
	world.answers = false;
	let stopped = false;
	world.running.stop(() => (stopped = true));
	world.platform.pass(5000);
	expect(stopped).toBe(true);
	// It has the Will, which says offline, and which DISCONNECT would have made it forget.
	expect(world.said()).not.toContain("DISCONNECT");
});
