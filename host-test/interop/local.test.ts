// SPDX-License-Identifier: MIT
import { afterAll, beforeAll, expect, test } from "vitest";
import { Avahi } from "../support/avahi.ts";
import { freePort } from "../support/processes.ts";
import { katydid } from "../support/simulation.ts";

let avahi: Avahi;
beforeAll(async () => {
	avahi = await Avahi.start();
});
afterAll(() => avahi.stop());

/** A simulation that is to be found; returns when its name is its own. */
async function simulate(id: string) {
	const port = await freePort("udp");
	const program = katydid("simulate", "--json", "--local", "--with", `id=${id}`, "--coap-port", String(port));
	const { name, taken } = JSON.parse(await program.output.line(/"type":"local"/));
	return { program, port, name, taken };
}

test("Avahi resolves NAME.local and browses _coap._udp and _wot._udp; of two with one name the second has a number, and says so", async () => {
	const first = await simulate("lamp-7");
	expect([first.name, first.taken]).toEqual(["lamp-7.local", []]);
	const second = await simulate("lamp-7");
	expect([second.name, second.taken]).toEqual(["lamp-7-2.local", ["lamp-7"]]);
	for (const { name } of [first, second]) {
		const resolve = avahi.run("avahi-resolve", "-4", "-n", name);
		expect(await resolve.output.line(/./)).toBe(`${name}\t127.0.0.1`);
	}
	for (const service of ["_coap._udp", "_wot._udp"]) {
		const browse = avahi.run("avahi-browse", "--resolve", "--parsable", "--no-db-lookup", service);
		const resolved = new RegExp(`^=;lo;IPv4;lamp-7.*;${service};local;`);
		const found = [await browse.output.line(resolved), await browse.output.line(resolved)].sort();
		const wanted = [second, first].map(
			({ name, port }) => `=;lo;IPv4;${name.replace(".local", "")};${service};local;${name};127.0.0.1;${port};`,
		);
		expect(found.map((line) => line.slice(0, line.indexOf('"')))).toEqual(wanted.sort());
		expect(found[0]).toContain('"title=Living-room thermostat"');
		if (service === "_wot._udp") {
			expect(await second.program.stop("SIGINT")).toBe(0);
			// It took back what it said.
			await browse.output.line(/^-;lo;IPv4;lamp-7-2;_wot/);
		}
		await browse.stop();
	}
	expect(await first.program.stop("SIGINT")).toBe(0);
});
