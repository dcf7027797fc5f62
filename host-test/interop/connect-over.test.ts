// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { Aedes } from "aedes";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type ConnectOptions, connect, MqttClient, MqttError } from "../../host/index.ts";
import { Authority } from "../support/certificates.ts";
import { Lines } from "../support/lines.ts";
import { freePort, Mosquitto, type Program, subscribe } from "../support/processes.ts";

const authority = new Authority("Katydid test authority");
const stranger = new Authority("Somebody else");
const ca = authority.identity.certificate;
const porch = authority.issue("porch");
const own: ConnectOptions = { ca, cert: porch.certificate, key: porch.key };

let broker: Mosquitto;
let observer: Program;
/** Ports: of a listener that wants a certificate, of WebSockets, and of those over TLS. */
let tls: number;
let ws: number;
let wss: number;
/** Where nobody listens. */
let nowhere: number;

beforeAll(async () => {
	const server = authority.issue("broker", { names: ["DNS:localhost"] });
	const certificate = [`certfile ${server.certificateFile}`, `keyfile ${server.keyFile}`];
	const acl = `${authority.identity.certificateFile}.acl`;
	writeFileSync(acl, "topic readwrite #\nuser porch\npattern write devices/%u/#\npattern read devices/%u/#\n");
	[tls, ws, wss, nowhere] = [
		await freePort("tcp"),
		await freePort("tcp"),
		await freePort("tcp"),
		await freePort("tcp"),
	];
	broker = await Mosquitto.start(
		`acl_file ${acl}`,
		`listener ${tls} 127.0.0.1`,
		`cafile ${authority.identity.certificateFile}`,
		...certificate,
		"require_certificate true",
		"use_identity_as_username true",
		`listener ${ws} 127.0.0.1`,
		"protocol websockets",
		`listener ${wss} 127.0.0.1`,
		"protocol websockets",
		...certificate,
	);
	observer = await subscribe(broker.port, "#");
});

afterAll(async () => {
	await observer.stop();
	await broker.remove();
	authority.remove();
	stranger.remove();
});

describe.each([5, 4] as const)("protocol version %i", (protocolVersion) => {
	const rows: [name: string, url: () => string, options: ConnectOptions][] = [
		["mqtt", () => `mqtt://localhost:${broker.port}`, {}],
		["mqtts, with a certificate", () => `mqtts://localhost:${tls}`, own],
		[
			"mqtts, to a broker that goes by another name",
			() => `mqtts://127.0.0.1:${tls}`,
			{ ...own, servername: "localhost" },
		],
		[
			"mqtts, to a broker that is believed",
			() => `mqtts://127.0.0.1:${tls}`,
			{ ...own, rejectUnauthorized: false, ca: stranger.identity.certificate },
		],
		["ws", () => `ws://localhost:${ws}/mqtt`, {}],
		["wss", () => `wss://localhost:${wss}`, { ca }],
		["wss, with its authority as bytes", () => `wss://localhost:${wss}`, { ca: Buffer.from(ca) }],
	];
	for (const [name, url, options] of rows)
		test(`sends and receives over ${name}`, async () => {
			const client = await connect(url(), { protocolVersion, ...options });
			const messages = new Lines();
			const topic = `devices/porch/${name.replace(/\W/g, "")}${protocolVersion}`;
			await client.subscribe(topic, { qos: 1 }, ({ payload }) => messages.push(`${payload}\n`));
			await client.publish(topic, "there and back", { qos: 1 });
			expect(await observer.output.line(new RegExp(`^${topic}`))).toBe(`${topic} there and back`);
			expect(await messages.line(/./)).toBe("there and back");
			expect(await client.close()).toBe(true);
		});
});

describe("who is refused by TLS hears why", () => {
	const other = stranger.issue("porch");
	const expired = authority.issue("porch", { expired: true });
	const rows: [name: string, options: ConnectOptions, message: RegExp][] = [
		["without a certificate", { ca }, /^the peer refused TLS: certificate required$/],
		["with another authority's", { ca, cert: other.certificate, key: other.key }, /^the peer refused TLS: unknown ca$/],
		[
			"with one that has expired",
			{ ca, cert: expired.certificate, key: expired.key },
			/^the peer refused TLS: certificate expired$/,
		],
		[
			"trusting another authority",
			{ ...own, ca: stranger.identity.certificate },
			/^self-signed certificate in certificate chain$/,
		],
		["expecting another name", { ...own, servername: "other.local" }, /^Hostname\/IP does not match .*other\.local/],
	];
	for (const [name, options, message] of rows)
		test(name, async () => {
			const connecting = connect(`mqtts://localhost:${tls}`, { reconnect: false, protocolVersion: 4, ...options });
			const error = await connecting.catch((reason: MqttError) => reason);
			expect(error).toBeInstanceOf(MqttError);
			expect((error as MqttError).message).toMatch(message);
		});
});

test("a device that publishes under another's name hears of it in 5.0", async () => {
	const client = await connect(`mqtts://localhost:${tls}`, own);
	const publishing = client.publish("devices/door/state", "forged", { qos: 1 });
	await expect(publishing).rejects.toMatchObject({ code: "PUBLISH_REFUSED", reasonCode: 0x87 });
	await client.close();
});

test("of several brokers the first that is there is taken", async () => {
	const urls = [`mqtt://127.0.0.1:${nowhere}`, `mqtt://127.0.0.1:${broker.port}`];
	const reasons: (string | number | undefined)[] = [];
	const client = await connect(urls, { onDisconnected: ({ code }, retry) => reasons.push(code, retry) });
	expect(reasons).toEqual(["CONNECT_FAILED", 0]);
	await client.close();
});

test("a broker that knows 3.1.1 alone is found out, without reconnection, too", async () => {
	const aedes = await Aedes.createBroker();
	const server = createServer((socket) => aedes.handle(socket)).listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(async () => {
		server.close();
		await new Promise<void>((resolve) => aedes.close(resolve));
	});
	const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
	for (const reconnect of [undefined, false] as const) {
		const client = await connect(url, { ...(reconnect === false && { reconnect }) });
		expect(client.broker!.version).toBe(4);
		const messages = new Lines();
		expect(await client.subscribe("a/+", { qos: 2 }, ({ payload, qos }) => messages.push(`${payload} ${qos}\n`))).toBe(
			2,
		);
		for (const qos of [0, 1, 2] as const) await client.publish("a/b", "x", { qos });
		for (const qos of [0, 1, 2]) expect(await messages.line(/./)).toBe(`x ${qos}`);
		await client.close();
	}
});

test("a client that waits for its broker is connected when that is there", async () => {
	const late = await Mosquitto.start();
	await late.stop();
	const client = new MqttClient(`mqtt://127.0.0.1:${late.port}`, { reconnect: { minimum: 20, maximum: 100 } });
	const connecting = client.connect();
	const published = client.publish("early", "bird", { qos: 1 });
	await once(client, "disconnect");
	await late.start();
	await connecting;
	expect(await published).toBe(0x10);
	await client.close();
	await late.remove();
});
