// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Authority } from "../support/certificates.ts";
import { freePort, Mosquitto, Program, publish, subscribe } from "../support/processes.ts";
import { katydid } from "../support/simulation.ts";

const folder = mkdtempSync(join(tmpdir(), "katydid-commands-"));
let broker: Mosquitto;
let port: string;
let webSocket: number;
beforeAll(async () => {
	webSocket = await freePort("tcp");
	broker = await Mosquitto.start(`listener ${webSocket} 127.0.0.1`, "protocol websockets");
	port = String(broker.port);
});
afterAll(async () => {
	await broker.remove();
	rmSync(folder, { recursive: true });
});

let count = 0;
/** A topic of a test's own. */
const topic = () => `test/${++count}`;

/** A `katydid sub` that is subscribed when this returns. */
async function sub(...flags: string[]): Promise<Program> {
	const program = katydid("sub", "-p", port, "-d", ...flags);
	onTestFinished(async () => void (await program.stop()));
	await program.errors.line(/^katydid: subscribed/);
	return program;
}

/** Runs `katydid pub`; returns its exit code and what it said. */
async function pub(...flags: string[]): Promise<{ code: number | null; said: string[] }> {
	const program = katydid("pub", "-p", port, ...flags);
	const code = await program.ended;
	return { code, said: program.errors.all };
}

const FINE = { code: 0, said: [] };

describe.each(["mqttv5", "mqttv311"])("over %s", (version) => {
	for (const qos of ["0", "1", "2"])
		test(`pub and mosquitto_sub, mosquitto_pub and sub, understand each other at QoS ${qos}`, async () => {
			const name = topic();
			const other = await subscribe(broker.port, name, "-q", qos, "-F", "%t %q %r %p");
			expect(await pub("-V", version, "-t", name, "-m", "über", "-q", qos)).toEqual(FINE);
			expect(await other.output.line(/^test/)).toBe(`${name} ${qos} 0 über`);
			await other.stop();
			const own = await sub("-V", version, "-t", name, "-q", qos, "-F", "%t %q %r %p", "-C", "1");
			await publish(broker.port, name, "hinüber", "-q", qos);
			expect(await own.ended).toBe(0);
			expect(own.output.all).toEqual([`${name} ${qos} 0 hinüber`]);
		});
});

describe("what pub publishes", () => {
	/** What a subscriber gets of a `pub` with these flags, with `keys` on stdin. */
	async function published(flags: string[], keys = ""): Promise<string[]> {
		const name = topic();
		const other = await subscribe(broker.port, `${name}/#`, "-F", "%t %l %p");
		const stdin = join(folder, "stdin");
		writeFileSync(stdin, keys);
		const words = ["pub", "-p", port, "-t", `${name}/x`, ...flags];
		const program = new Program(["sh"], ["-c", 'exec node dist/cli.js "$@" <"$0"', stdin, ...words]);
		expect(await program.ended).toBe(0);
		await publish(broker.port, `${name}/last`, "");
		await other.output.line(/last 0/);
		await other.stop();
		return other.output.all.filter((line) => line.startsWith(`${name}/x`)).map((line) => line.slice(name.length + 3));
	}

	test("-m, text", async () => expect(await published(["-m", "text"])).toEqual(["4 text"]));
	test("-n, nothing", async () => expect(await published(["-n"])).toEqual(["0 "]));
	test("-s, all of stdin", async () => expect(await published(["-s"], "one two")).toEqual(["7 one two"]));
	test("-l, its lines, in order, and the one without an end", async () => {
		const lines = Array.from({ length: 300 }, (_, i) => `line ${i}`);
		for (const qos of ["0", "1"])
			expect(await published(["-l", "-q", qos], lines.join("\n"))).toEqual(
				lines.map((line) => `${line.length} ${line}`),
			);
	});
	test("-f, a file that is larger than the buffers", async () => {
		const file = join(folder, "large");
		writeFileSync(file, "0123456789".repeat(300_000));
		const own = await sub("-t", "large", "-F", "%l %t", "-C", "1");
		expect(await pub("-t", "large", "-f", file, "-q", "1")).toEqual(FINE);
		expect(await own.output.line(/./)).toBe("3000000 large");
	});
	test("-r, what the broker keeps; and -n removes it", async () => {
		const name = topic();
		expect(await pub("-t", name, "-m", "kept", "-r")).toEqual(FINE);
		const first = await sub("-t", name, "-F", "%r %p", "-C", "1");
		expect(await first.output.line(/./)).toBe("1 kept");
		expect(await pub("-t", name, "-n", "-r")).toEqual(FINE);
		const second = await sub("-t", name, "-F", "%r %p", "-C", "1");
		expect(await pub("-t", name, "-m", "live")).toEqual(FINE);
		expect(await second.output.line(/./)).toBe("0 live");
	});
	test("--repeat, the same again", async () =>
		expect(await published(["-m", "x", "--repeat", "3", "--repeat-delay", "0.01"])).toEqual(["1 x", "1 x", "1 x"]));
	test("-L, with the topic in a URL", async () => {
		const own = await sub("-t", "url/#", "-v", "-C", "1");
		expect(await katydid("pub", "-L", `mqtt://localhost:${port}/url/topic`, "-m", "here").ended).toBe(0);
		expect(await own.output.line(/./)).toBe("url/topic here");
	});
});

test("what is printed is what mosquitto_sub prints, in any format", async () => {
	const name = topic();
	const formats = [
		"%t|%p|%q|%r|%l|%x|%X|%%",
		"%C|%D|%E|%F|%P|%R|%S|%A",
		"%20t|%-20t|%020t|%5.3t|%05l|%-5l|%-8C|%.3C|",
		"\\\\|\\t|\\e|\\a|\\v|@@",
	];
	const properties = [
		"user-property one 1",
		"user-property one 2",
		"content-type text/plain",
		"response-topic to/me",
		"correlation-data 7",
		"message-expiry-interval 60",
		"payload-format-indicator 1",
	].flatMap((words) => ["-D", "publish", ...words.split(" ")]);
	const version = ["-V", "5", "-q", "1", "-C", "2"];
	const theirs = await Promise.all(
		formats.map((format) => subscribe(broker.port, name, ...version, "-F", `=${format}`)),
	);
	const ours = await Promise.all(formats.map((format) => sub("-t", name, ...version, "-F", `=${format}`)));
	await publish(broker.port, name, "Grüße", "-V", "5", ...properties);
	await publish(broker.port, name, "", "-V", "5");
	for (const [i, program] of ours.entries()) {
		await program.ended;
		await theirs[i]!.ended;
		const expected = theirs[i]!.output.all.filter((line) => line.startsWith("="));
		expect(expected).toHaveLength(2);
		expect(program.output.all).toEqual(expected);
	}
});

test("JSON has the members that mosquitto_sub's has", async () => {
	const name = topic();
	const flags = ["-V", "5", "-C", "1", "-F", "%j\n%J"];
	const theirs = await subscribe(broker.port, name, ...flags);
	const ours = await sub("-t", name, ...flags);
	const properties = ["-D", "publish", "user-property", "a", "b", "-D", "publish", "content-type", "c"];
	await publish(broker.port, name, '{"x": [1, "y"]}', "-V", "5", ...properties);
	await Promise.all([theirs.ended, ours.ended]);
	const parsed = (program: Program) =>
		program.output.all.filter((line) => line.startsWith("{")).map((line) => ({ ...JSON.parse(line), tst: "" }));
	expect(parsed(ours)).toHaveLength(2);
	expect(parsed(ours)).toEqual(parsed(theirs));
	expect(new Date(JSON.parse(ours.output.all[0]!).tst).getTime()).toBeGreaterThan(0);
});

describe("which messages sub prints", () => {
	/** What a `sub` with these flags prints, of one message that was retained and one that was not. */
	async function printed(...flags: string[]): Promise<string[]> {
		const name = topic();
		await publish(broker.port, `${name}/kept`, "kept", "-r");
		const own = await sub("-t", `${name}/#`, ...flags);
		await publish(broker.port, `${name}/live`, "live");
		await publish(broker.port, `${name}/last`, "last");
		await own.output.line(/last/).catch(() => "it ended");
		await own.stop("SIGINT");
		expect(await own.ended).toBe(0);
		await publish(broker.port, `${name}/kept`, "", "-r");
		return own.output.all.map((line) => line.replace(`${name}/`, ""));
	}

	test("all", async () => expect(await printed()).toEqual(["kept", "live", "last"]));
	test("-v, with their topics", async () =>
		expect(await printed("-v")).toEqual(["kept kept", "live live", "last last"]));
	test("-R, none that was retained", async () => expect(await printed("-R")).toEqual(["live", "last"]));
	test("-T, none of a filter", async () => expect(await printed("-T", "+/+/live")).toEqual(["kept", "last"]));
	test("-N, without ends of lines", async () => expect(await printed("-N", "-C", "3")).toEqual(["keptlivelast"]));
	test("-C, so many", async () => expect(await printed("-C", "2")).toEqual(["kept", "live"]));
	test("--retained-only, until there is one that was not", async () =>
		expect(await printed("--retained-only")).toEqual(["kept"]));
	test("--retain-as-published", async () => {
		const name = topic();
		const own = await sub("-V", "5", "-t", name, "--retain-as-published", "-F", "%r %p", "-C", "1");
		await publish(broker.port, name, "x", "-r");
		expect(await own.output.line(/./)).toBe("1 x");
	});
	test("--remove-retained removes what is retained, and nothing else", async () => {
		const name = topic();
		await publish(broker.port, name, "kept", "-r");
		const own = await sub("-V", "5", "-t", name, "--remove-retained", "--retain-as-published");
		// Subscribers hear of a removal.
		await own.output.line(/^$/);
		await publish(broker.port, name, "live");
		await publish(broker.port, name, "kept, too", "-r");
		await own.output.line(/^kept, too$/);
		await own.output.line(/^$/);
		expect(await own.stop("SIGINT")).toBe(0);
		expect(own.output.all.filter(Boolean)).toEqual(["kept", "live", "kept, too"]);
		expect(own.output.all).toHaveLength(3 + 2);
		const next = await sub("-t", name, "-C", "1");
		await publish(broker.port, name, "removed before");
		expect(await next.output.line(/./)).toBe("removed before");
	});
});

test("over a WebSocket", async () => {
	const name = topic();
	const url = `ws://localhost:${webSocket}/mqtt`;
	const own = katydid("sub", "-L", url, "-t", name, "-d", "-C", "1");
	await own.errors.line(/subscribed/);
	expect(await katydid("pub", "-L", url, "-t", name, "-m", "in frames").ended).toBe(0);
	expect(await own.output.line(/./)).toBe("in frames");
});

test("TLS, with a certificate", async () => {
	const authority = new Authority("Katydid test authority");
	const server = authority.issue("broker", { names: ["DNS:localhost"] });
	const client = authority.issue("porch");
	const ca = authority.identity.certificateFile;
	const secure = await Mosquitto.start(
		`cafile ${ca}`,
		`certfile ${server.certificateFile}`,
		`keyfile ${server.keyFile}`,
		"require_certificate true",
	);
	const where = ["-p", String(secure.port), "--cafile", ca];
	const own = ["--cert", client.certificateFile, "--key", client.keyFile];
	expect(await katydid("pub", ...where, ...own, "-t", "x", "-m", "y", "-q", "1").ended).toBe(0);
	const without = katydid("pub", ...where, "-t", "x", "-m", "y", "-q", "1");
	expect(await without.ended).toBe(1);
	expect(without.errors.all).toEqual([
		`katydid: no connection to mqtts://localhost:${secure.port}: the peer refused TLS: certificate required`,
	]);
	await secure.remove();
	authority.remove();
});
