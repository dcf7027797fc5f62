// SPDX-License-Identifier: MIT
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, type Program } from "../support/processes.ts";
import { accepting, type Broker, end, PASSWORD } from "./broker.ts";
import { erlang, installed } from "./erlang.ts";

/** ejabberd with nothing but its MQTT module, as an Erlang node that no other node can reach. */
export class Ejabberd implements Broker {
	static readonly username = "katydid@localhost";
	readonly port: number;
	private readonly folder = mkdtempSync(join(tmpdir(), "katydid-ejabberd-"));
	private program: Program | undefined;

	private constructor(port: number) {
		this.port = port;
		const settings = [
			'hosts: ["localhost"]',
			"loglevel: info",
			"auth_method: [internal]",
			`listen: [{ port: ${port}, ip: "127.0.0.1", module: mod_mqtt }]`,
			"modules: { mod_mqtt: {} }",
		];
		writeFileSync(this.path("ejabberd.yml"), `${settings.join("\n")}\n`);
	}

	static async create(): Promise<Ejabberd> {
		return new Ejabberd(await freePort("tcp"));
	}

	async start(): Promise<void> {
		// Not ejabberdctl, which only root and the user of Debian's service may run.
		const folders = readdirSync("/usr/lib").map((name) => join("/usr/lib", name));
		const library = folders.find((folder) => existsSync(join(folder, "ejabberd-23.01")));
		installed(library, "ejabberd");
		const [user, domain] = Ejabberd.username.split("@");
		const register = `ejabberd_auth:try_register(<<"${user}">>, <<"${domain}">>, <<"${PASSWORD}">>).`;
		const data = ["-mnesia", "dir", `"${this.path("data")}"`];
		this.program = erlang(this.folder, "erl", ["-noinput", ...data, "-s", "ejabberd", "-eval", register], {
			ERL_LIBS: library,
			EJABBERD_CONFIG_PATH: this.path("ejabberd.yml"),
			EJABBERD_LOG_PATH: this.path("ejabberd.log"),
		});
		try {
			await accepting(this.program, this.port, Ejabberd.username);
		} catch (error) {
			await this.stop();
			throw error;
		}
	}

	async stop(): Promise<void> {
		await end(this.program);
	}

	async remove(): Promise<void> {
		await this.stop();
		rmSync(this.folder, { recursive: true });
	}

	private path(name: string): string {
		return join(this.folder, name);
	}
}
