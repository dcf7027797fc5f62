// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { Mosquitto, Program, publish, subscribe } from "../support/processes.ts";
import { katydid } from "../support/simulation.ts";

const folder = mkdtempSync(join(tmpdir(), "katydid-commands-"));
let broker: Mosquitto;
let port: string;
beforeAll(async () => {
	broker = await Mosquitto.start();
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

test("a session that -c keeps brings what came meanwhile, once", async () => {
	const name = topic();
	const store = join(folder, "sub.session");
	const flags = ["-c", "-i", "keeper", "-t", name, "-q", "2", "--store", store];
	expect(await (await sub(...flags, "-E")).ended).toBe(0);
	for (const payload of ["one", "two", "three"]) await publish(broker.port, name, payload, "-q", "2");
	const first = katydid("sub", "-p", port, ...flags, "-C", "2");
	expect(await first.ended).toBe(0);
	expect(first.output.all).toEqual(["one", "two"]);
	expect(first.errors.all).toEqual([]);
	const second = katydid("sub", "-p", port, ...flags, "-C", "1");
	expect(await second.ended).toBe(0);
	expect(second.output.all).toEqual(["three"]);
});

test("a session whose file is lost is given up, and another begins", async () => {
	const store = join(folder, "lost.session");
	const flags = ["-c", "-i", "forgetful", "-t", "nothing", "--store", store, "-E"];
	expect(await (await sub(...flags)).ended).toBe(0);
	rmSync(store);
	const again = await sub(...flags);
	expect(await again.ended).toBe(0);
	expect(again.errors.all[0]).toBe("katydid: the broker kept a session that this client does not know");
});

test("a message that nobody read is not acknowledged: it comes again", async () => {
	const name = topic();
	const flags = `-p ${port} -t ${name} -q 1 -c -i reader --store ${join(folder, "reader.session")}`;
	const shell = `node dist/cli.js sub ${flags} -d | (head -1; exec <&-; echo gone >&2)`;
	const program = new Program(["sh"], ["-c", shell]);
	await program.errors.line(/subscribed/);
	await publish(broker.port, name, "read");
	await program.errors.line(/^gone$/);
	await publish(broker.port, name, "unread");
	await program.ended;
	const next = katydid("sub", ...flags.split(" "), "-C", "1", "-W", "10");
	expect(await next.output.line(/./)).toBe("unread");
});

test("whoever reads the output may leave: sub ends, without a word", async () => {
	const name = topic();
	const shell = `(node dist/cli.js sub -p ${port} -t ${name} -d; echo code $? >&2) | head -1`;
	const program = new Program(["sh"], ["-c", shell]);
	await program.errors.line(/subscribed/);
	let ended = false;
	void program.ended.then(() => {
		ended = true;
	});
	// It hears of it when it prints something that nobody reads.
	while (!ended) await publish(broker.port, name, "one more");
	expect(program.errors.all.filter((line) => !/connected|subscribed/.test(line))).toEqual(["code 0"]);
});

test("the Will is published when a client is killed, and not when it ends with Ctrl-C", async () => {
	const name = topic();
	const other = await subscribe(broker.port, `${name}/#`, "-q", "1", "-F", "%t %q %r %p");
	const will = ["--will-topic", `${name}/will`, "--will-payload", "gone", "--will-qos", "1", "--will-retain"];
	const polite = await sub("-t", "nothing", ...will);
	expect(await polite.stop("SIGINT")).toBe(0);
	const killed = await sub("-t", "nothing", ...will);
	await publish(broker.port, `${name}/between`, "");
	await killed.stop("SIGKILL");
	await other.output.line(/between/);
	const [, ...others] = [
		await other.output.line(/^test.*will/),
		...other.output.all.filter((line) => /^test/.test(line)),
	];
	expect(others).toEqual([`${name}/between 1 0 `, `${name}/will 1 0 gone`]);
	await other.stop();
});

test("sub connects again when its broker comes back, and says so", async () => {
	const name = topic();
	const own = await sub("-t", name, "-q", "1");
	await broker.stop();
	expect(await own.errors.line(/again/)).toMatch(/^katydid: .* \(trying again in \d+ s\)$/);
	await broker.start();
	await own.errors.line(/connected to/);
	// The broker forgot it: it is subscribed again right after it was accepted.
	const { log } = broker;
	await log.line(/SUBSCRIBE from/);
	await publish(broker.port, name, "back");
	expect(await own.output.line(/./)).toBe("back");
	expect(await own.stop("SIGINT")).toBe(0);
});
