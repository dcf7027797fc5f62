// SPDX-License-Identifier: MIT
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, type Program } from "../support/processes.ts";
import { accepting, answering, type Broker, end, PASSWORD } from "./broker.ts";
import { erlang, installed } from "./erlang.ts";

/** Not the one on PATH, which only root and the user of Debian's service may run. */
const PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/** RabbitMQ with its MQTT plugin, a node of its own with an Erlang port mapper of its own. */
export class RabbitMQ implements Broker {
	static readonly username = "katydid";
	readonly port: number;
	private readonly mapperPort: number;
	private readonly nodePort: number;
	private readonly folder = mkdtempSync(join(tmpdir(), "katydid-rabbitmq-"));
	private mapper: Program | undefined;
	private program: Program | undefined;

	private constructor(port: number, mapperPort: number, nodePort: number) {
		this.port = port;
		this.mapperPort = mapperPort;
		this.nodePort = nodePort;
		const settings = [
			"listeners.tcp = none",
			`mqtt.listeners.tcp.default = 127.0.0.1:${port}`,
			"mqtt.allow_anonymous = false",
			`default_user = ${RabbitMQ.username}`,
			`default_pass = ${PASSWORD}`,
			// On a disk that is nearly full it would take no message, and say nothing.
			"disk_free_limit.absolute = 1MB",
			"log.console = true",
			"log.file = false",
		];
		writeFileSync(this.path("rabbitmq.conf"), `${settings.join("\n")}\n`);
		writeFileSync(this.path("enabled_plugins"), "[rabbitmq_mqtt].\n");
	}

	static async create(): Promise<RabbitMQ> {
		return new RabbitMQ(await freePort("tcp"), await freePort("tcp"), await freePort("tcp"));
	}

	async start(): Promise<void> {
		installed(existsSync(PROGRAM), "rabbitmq-server");
		const ports = { ERL_EPMD_PORT: String(this.mapperPort), ERL_EPMD_ADDRESS: "127.0.0.1" };
		// A node that finds no mapper starts one, which would outlive it.
		this.mapper = erlang(this.folder, "epmd", [], ports);
		await answering(this.mapper, this.mapperPort);
		this.program = erlang(this.folder, PROGRAM, ["-noinput"], {
			...ports,
			RABBITMQ_NODENAME: `katydid-${this.nodePort}@localhost`,
			RABBITMQ_DIST_PORT: String(this.nodePort),
			RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
			RABBITMQ_MNESIA_BASE: this.path("data"),
			RABBITMQ_LOG_BASE: this.path("log"),
			RABBITMQ_LOGS: "-",
			RABBITMQ_CONFIG_FILE: this.path("rabbitmq.conf"),
			RABBITMQ_ENABLED_PLUGINS_FILE: this.path("enabled_plugins"),
			// Those of /etc, unless other ones are named.
			RABBITMQ_CONF_ENV_FILE: this.path("none"),
			RABBITMQ_ADVANCED_CONFIG_FILE: this.path("none"),
			// The script becomes the node, where it would be its parent and forward signals to nobody.
			RABBITMQ_ALLOW_INPUT: "1",
		});
		try {
			await accepting(this.program, this.port, RabbitMQ.username);
		} catch (error) {
			await this.stop();
			throw error;
		}
	}

	async stop(): Promise<void> {
		await end(this.program);
		await end(this.mapper);
	}

	async remove(): Promise<void> {
		await this.stop();
		rmSync(this.folder, { recursive: true });
	}

	private path(name: string): string {
		return join(this.folder, name);
	}
}
