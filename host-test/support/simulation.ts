// SPDX-License-Identifier: MIT
import { freePort, Program } from "./processes.ts";

type Event = { type: string } & Record<string, unknown>;

/** A running `katydid simulate --json`, on ports of its own. */
export class Simulation {
	readonly coap: string;
	private program: Program;

	private constructor(program: Program, coapPort: number) {
		this.program = program;
		this.coap = `coap://127.0.0.1:${coapPort}`;
	}

	/** Starts it and waits until it has spoken with the broker on `mqttPort`, or was refused. */
	static async start(mqttPort: number, ...flags: string[]): Promise<Simulation> {
		const coapPort = await freePort("udp");
		const broker = ["--broker", `mqtt://127.0.0.1:${mqttPort}`, "--coap-port", String(coapPort)];
		const simulation = new Simulation(katydid("simulate", "--json", ...broker, ...flags), coapPort);
		await simulation.event("connected", "disconnected");
		return simulation;
	}

	/** Waits for the next event of one of these types. */
	async event(...types: string[]): Promise<Event> {
		return JSON.parse(await this.program.output.line(new RegExp(`"type":"(${types.join("|")})"`)));
	}

	/** Waits for the next change of a property; returns its value. */
	async change(property: string): Promise<unknown> {
		return JSON.parse(await this.program.output.line(new RegExp(`"type":"change","property":"${property}"`))).value;
	}

	/** Waits for the next command that is refused. */
	async refusal(): Promise<Event> {
		return JSON.parse(await this.program.output.line(/"type":"command".*"error":/));
	}

	/** Ends it as Ctrl-C does; returns its exit code. */
	stop(): Promise<number | null> {
		return this.program.stop("SIGINT");
	}

	/** Ends it without a word. */
	async kill(): Promise<void> {
		await this.program.stop("SIGKILL");
	}
}

/** Starts the command line. */
export function katydid(...parameters: string[]): Program {
	return new Program(["node"], ["dist/cli.js", ...parameters]);
}
