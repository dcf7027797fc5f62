// SPDX-License-Identifier: MIT
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TLSSettings } from "../../src/drive/index.ts";
import { Authority, type Identity } from "../support/certificates.ts";
import { LiveClient } from "../support/live-client.ts";
import { freePort, Mosquitto, Program, subscribe } from "../support/processes.ts";

const authority = new Authority("Katydid test authority");
const stranger = new Authority("Somebody else");
const ca = authority.identity.certificate;
const shown = ({ certificate, key }: Identity): TLSSettings => ({ ca, certificate, key });

const lamp = shown(authority.issue("lamp"));
const door = shown(authority.issue("door", { algorithm: "RSA" }));
const expired = shown(authority.issue("lamp", { expired: true }));
const strange = shown(stranger.issue("lamp"));

let broker: Mosquitto;
/** Wants a certificate; the other listener does not. */
let port: number;
let openPort: number;
/** Sees all that is published, over the broker's plain listener. */
let observer: Program;

beforeAll(async () => {
	const server = authority.issue("broker", { names: ["DNS:localhost"] });
	const files = [`cafile ${authority.identity.certificateFile}`, `certfile ${server.certificateFile}`];
	const secure = [...files, `keyfile ${server.keyFile}`];
	const acl = `${authority.identity.certificateFile}.acl`;
	writeFileSync(acl, "topic read #\npattern write devices/%u/#\npattern read devices/%u/#\n");
	[port, openPort] = [await freePort("tcp"), await freePort("tcp")];
	broker = await Mosquitto.start(
		`acl_file ${acl}`,
		`listener ${openPort} 127.0.0.1`,
		...secure,
		`listener ${port} 127.0.0.1`,
		...secure,
		"require_certificate true",
		"use_identity_as_username true",
	);
	observer = await subscribe(broker.port, "#");
});

afterAll(async () => {
	await observer.stop();
	await broker.remove();
	authority.remove();
	stranger.remove();
});

/** All that was published since this was last asked; `mark` is published over plain TCP to know that no more comes. */
async function seen(mark: string): Promise<string[]> {
	const from = marked;
	const witness = new LiveClient({ port, tls: lamp });
	await witness.events.line(/^connected/);
	await witness.publish("devices/lamp/mark", mark);
	await observer.output.line(new RegExp(`^devices/lamp/mark ${mark}$`));
	await witness.close();
	marked = observer.output.all.length;
	return observer.output.all.slice(from).filter((line) => line.startsWith("devices/") && !line.includes("/mark "));
}
let marked = 0;

describe("with a certificate of the broker's authority", () => {
	for (const [protocol, tls, name] of [
		["5.0", lamp, "lamp"],
		["3.1.1", lamp, "lamp"],
		["3.1.1", door, "door"],
	] as const)
		test(`the ${name} publishes over ${protocol} under its own name, and receives there`, async () => {
			const device = new LiveClient({ port, tls, protocol });
			device.client.subscribe(`devices/${name}/set`, 1);
			await device.events.line(/^connected/);
			expect(await device.publish(`devices/${name}/state`, protocol)).toBeUndefined();
			expect(await observer.output.line(new RegExp(`^devices/${name}/state`))).toBe(
				`devices/${name}/state ${protocol}`,
			);
			await device.publish(`devices/${name}/set`, "on");
			expect(await device.events.line(/set/)).toBe(`devices/${name}/set on`);
			await device.close();
			expect(device.reasons.map(({ code }) => code)).toEqual(["CLOSED"]);
		});

	test("a device that publishes under another's name reaches nobody, and hears of it in 5.0", async () => {
		await seen("before");
		for (const protocol of ["5.0", "3.1.1"] as const) {
			const device = new LiveClient({ port, tls: door, protocol });
			await device.events.line(/^connected/);
			const refusal = await device.publish("devices/lamp/state", "forged");
			if (protocol === "5.0") expect(refusal?.reasonCode).toBe(0x87);
			await device.publish("devices/door/state", `by the door over ${protocol}`);
			await device.close();
		}
		expect(await seen("after")).toEqual([
			"devices/door/state by the door over 5.0",
			"devices/door/state by the door over 3.1.1",
		]);
	});

	test("payloads larger than a TLS record come whole", async () => {
		const payload = "0123456789".repeat(4000);
		const size = { maximumPacketSize: 50_000, maximumQueuedBytes: 50_000 };
		const device = new LiveClient({ port, tls: lamp, ...size });
		device.client.subscribe("devices/lamp/large", 1);
		await device.events.line(/^connected/);
		await device.publish("devices/lamp/large", payload);
		expect((await device.events.line(/large/)) === `devices/lamp/large ${payload}`).toBe(true);
		await device.close();
	});
});

describe("a client that is refused hears why", () => {
	const rows: [string, TLSSettings, string][] = [
		["no certificate", { ca }, "the peer refused TLS: certificate required"],
		["one of another authority", strange, "the peer refused TLS: unknown ca"],
		["one that has expired", expired, "the peer refused TLS: certificate expired"],
	];
	for (const [name, tls, reason] of rows)
		test(`with ${name}`, async () => {
			const device = new LiveClient({ port, tls, protocol: "3.1.1" });
			expect(await device.events.line(/^(dis)?connected/)).toBe(`disconnected: ${reason}`);
			expect(device.client.connected).toBe(false);
		});
});

test("a server that sends no ticket is spoken to after a while", async () => {
	const { certificateFile, keyFile } = authority.issue("server", { names: ["DNS:localhost"] });
	const at = await freePort("tcp");
	const parameters = ["-num_tickets", "0", "-accept", `127.0.0.1:${at}`, "-cert", certificateFile, "-key", keyFile];
	const server = new Program(["openssl"], ["s_server", ...parameters], "keys");
	await server.output.line(/^ACCEPT/);
	// It prints what it is sent, and a line needs its end.
	const client = new LiveClient({ port: at, tls: { ca }, protocol: "3.1.1", username: "patient\n" });
	await server.output.line(/patient/);
	await server.stop();
	expect(await client.events.line(/^(dis)?connected/)).toMatch(/^disconnected/);
});

describe("a client that refuses the broker says why", () => {
	const rows: [string, TLSSettings, RegExp][] = [
		[
			"of another authority",
			{ ca: stranger.identity.certificate },
			/^disconnected: self-signed certificate in certificate chain$/,
		],
		["of another name", { ca, serverName: "other.local" }, /^disconnected: Hostname\/IP does not match .*other\.local/],
	];
	for (const [name, tls, reason] of rows)
		test(name, async () => {
			const device = new LiveClient({ port: openPort, tls, protocol: "3.1.1" });
			expect(await device.events.line(/^(dis)?connected/)).toMatch(reason);
			expect(device.reasons[0]!.code).toBe("CONNECT_FAILED");
		});

	test("that speaks no TLS", async () => {
		const device = new LiveClient({ port: broker.port, tls: { ca }, protocol: "3.1.1" });
		expect(await device.events.line(/^(dis)?connected/)).toMatch(/^disconnected: .*(TLS|ECONNRESET)/);
	});

	test("and none when the broker wants no certificate and has the right one", async () => {
		const device = new LiveClient({ port: openPort, tls: { ca } });
		await device.events.line(/^connected/);
		await device.close();
	});
});
