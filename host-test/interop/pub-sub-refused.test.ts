// SPDX-License-Identifier: MIT
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aedes } from "aedes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, Mosquitto, Program } from "../support/processes.ts";
import { katydid } from "../support/simulation.ts";

const folder = mkdtempSync(join(tmpdir(), "katydid-guarded-"));
/** Lets nobody but alice in, and her publish below `open/` alone. */
let guarded: Mosquitto;

beforeAll(async () => {
	const [passwords, acl] = [join(folder, "passwords"), join(folder, "acl")];
	await new Program(["mosquitto_passwd"], ["-b", "-c", passwords, "alice", "rabbit:@/"]).ended;
	writeFileSync(acl, "user alice\ntopic readwrite open/#\n");
	guarded = await Mosquitto.start("allow_anonymous false", `password_file ${passwords}`, `acl_file ${acl}`);
});
afterAll(async () => {
	await guarded.remove();
	rmSync(folder, { recursive: true });
});

/** Ports. */
interface At {
	guarded: string;
	/** Where nobody listens. */
	nowhere: string;
}

describe("what goes wrong is one sentence on stderr, and a code that is not 0", () => {
	const rows: [name: string, flags: (at: At) => string[], code: number, says: RegExp][] = [
		["an unknown flag", () => ["pub", "--colour"], 2, /unknown option '--colour'/],
		["no topic", () => ["pub", "-m", "x"], 2, /expected a topic name to publish to: -t TOPIC/],
		["no topic filter", () => ["sub"], 2, /expected a topic filter to subscribe to: -t FILTER/],
		[
			"a topic name with a wildcard",
			() => ["pub", "-t", "a/#", "-m", "x"],
			2,
			/-t: expected a topic name without wildcards, got "a\/#"/,
		],
		[
			"a topic filter that is none",
			() => ["sub", "-t", "a/#/b"],
			2,
			/-t: expected a topic filter with \+ or # as whole levels, got "a\/#\/b"/,
		],
		["no payload", () => ["pub", "-t", "x"], 2, /expected one of -m, -f, -s, -l and -n for the payload, got none/],
		[
			"two payloads",
			() => ["pub", "-t", "x", "-m", "y", "-n"],
			2,
			/expected one of -m, -f, -s, -l and -n for the payload, got 2/,
		],
		["a file that is not there", () => ["pub", "-t", "x", "-f", "/nonexistent"], 2, /--file: ENOENT.*\/nonexistent/],
		["QoS 3", () => ["pub", "-t", "x", "-m", "y", "-q", "3"], 2, /expected a whole number from 0 to 2/],
		["mqttv31", () => ["sub", "-t", "x", "-V", "mqttv31"], 2, /expected mqttv5, 5, mqttv311 or 311/],
		["a port that is none", () => ["sub", "-t", "x", "-p", "0"], 2, /expected a whole number from 1 to 65535/],
		["a format that is none", () => ["sub", "-t", "x", "-F", "%z"], 2, /--format: expected one of .*, got "%z"/],
		["a session without a name", () => ["sub", "-t", "x", "-c"], 2, /-c needs --id/],
		[
			"a property of another packet",
			() => ["pub", "-t", "x", "-m", "y", "-D", "puback", "reason-string", "z"],
			2,
			/-D: expected connect, publish or will, got "puback"/,
		],
		[
			"an unknown property",
			() => ["pub", "-t", "x", "-m", "y", "-D", "publish", "colour", "z"],
			2,
			/-D publish: expected content-type, .*, got "colour"/,
		],
		[
			"half a property",
			() => ["pub", "-t", "x", "-m", "y", "-D", "publish", "user-property", "z"],
			2,
			/expected a name and a value/,
		],
		[
			"nobody there",
			({ nowhere }) => ["pub", "-p", nowhere, "-t", "x", "-m", "y"],
			1,
			/no connection to mqtt:\/\/localhost:\d+: .*ECONNREFUSED/,
		],
		[
			"no host of that name",
			() => ["sub", "-h", "nowhere.invalid", "-t", "x"],
			1,
			/no connection to mqtt:\/\/nowhere\.invalid: no address for nowhere\.invalid/,
		],
		[
			"no user name, 5.0",
			({ guarded }) => ["pub", "-p", guarded, "-t", "open/x", "-m", "y", "-V", "5"],
			135,
			/refused the connection: Not authorized \(135\)/,
		],
		[
			"a wrong password, 3.1.1",
			({ guarded }) => ["sub", "-p", guarded, "-t", "open/x", "-u", "alice", "-P", "dormouse", "-V", "311"],
			5,
			/refused the connection: Connection Refused, not authorized \(5\)/,
		],
		[
			"a message that is refused",
			({ guarded }) => [
				"pub",
				"-L",
				`mqtt://alice:rabbit%3A%40%2F@localhost:${guarded}/secret`,
				"-m",
				"x",
				"-q",
				"1",
				"-V",
				"5",
			],
			1,
			/the broker refused a message to "secret": Not authorized/,
		],
		[
			"time that passes",
			({ guarded }) => ["sub", "-p", guarded, "-u", "alice", "-P", "rabbit:@/", "-t", "open/x", "-W", "1"],
			27,
			/^$/,
		],
	];
	for (const [name, flags, code, says] of rows)
		test(name, async () => {
			const at = { guarded: String(guarded.port), nowhere: String(await freePort("tcp")) };
			const program = katydid(...flags(at));
			expect(await program.ended).toBe(code);
			expect(program.errors.all).toHaveLength(says.test("") ? 0 : 1);
			expect(program.errors.all.join("")).toMatch(says);
			expect(program.output.all).toEqual([]);
		});
});

test("Ctrl-C ends what waits for a broker, or for lines, at once", async () => {
	const silent = createServer().listen(0, "127.0.0.1");
	await once(silent, "listening");
	const { port } = silent.address() as AddressInfo;
	for (const words of [
		["sub", "-t", "x"],
		["pub", "-t", "x", "-m", "y"],
	]) {
		const waits = katydid(...words, "-p", String(port));
		await once(silent, "connection");
		expect(await waits.stop("SIGINT")).toBe(130);
		expect(waits.errors.all).toEqual([]);
	}
	silent.close();
	const where = ["-p", String(guarded.port), "-u", "alice", "-P", "rabbit:@/"];
	const lines = new Program(["node"], ["dist/cli.js", "pub", ...where, "-t", "open/x", "-l", "-d"], "keys");
	await lines.errors.line(/connected/);
	expect(await lines.stop("SIGINT")).toBe(130);
	expect(lines.errors.all).toHaveLength(1);
});

test("each line that is refused is a sentence, and the code is 1", async () => {
	const where = `-p ${guarded.port} -u alice -P rabbit:@/ -V 5 -q 1`;
	const program = new Program(["sh"], ["-c", `printf 'one\ntwo' | node dist/cli.js pub ${where} -t secret -l`]);
	expect(await program.ended).toBe(1);
	const refused = 'katydid: the broker refused a message to "secret": Not authorized';
	expect(program.errors.all).toEqual([refused, refused]);
});

test("a subscription that is refused is one sentence on stderr, and code 1", async () => {
	const aedes = await Aedes.createBroker({
		authorizeSubscribe: (_, subscription, done) => done(null, subscription.topic === "secret" ? null : subscription),
	});
	const server = createServer((socket) => aedes.handle(socket)).listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const program = katydid("sub", "-p", String(port), "-t", "open", "-t", "secret");
	expect(await program.ended).toBe(1);
	expect(program.errors.all).toEqual(['katydid: the broker refused the subscription to "secret": Failure']);
	server.close();
	await new Promise<void>((resolve) => aedes.close(resolve));
});
