// SPDX-License-Identifier: MIT
// The test server of the ETSI CoAP plugtests: the resources that its test descriptions (TD_COAP_…) name, for any checker of clients or servers.
import type { Command } from "commander";
import type { CoapServerOptions } from "./coap/index.ts";
import { CoapServer } from "./coap/index.ts";
import { whole } from "./command/flags.ts";
import type { Run } from "./command/run.ts";
import { serveBlocks } from "./etsi-blocks.ts";
import { serveCore } from "./etsi-core.ts";
import { serveLinks } from "./etsi-links.ts";
import { serveObservable } from "./etsi-observe.ts";

/** A plugtest server that runs. */
export interface EtsiServer {
	/** The UDP port, and the TCP port. */
	readonly port: number;
	close(): void;
}

/** Serves the plugtest resources over UDP and TCP. Throws when the port is taken. */
export function serveEtsi(options: CoapServerOptions = {}): EtsiServer {
	// Its descriptions know nothing of Echo: they expect whole answers at once.
	const server = new CoapServer({ tcp: true, amplification: Infinity, ...options });
	serveCore(server);
	serveBlocks(server);
	serveLinks(server);
	const stop = serveObservable(server);
	return {
		port: server.port,
		close() {
			stop();
			server.close();
		},
	};
}

/** Adds `katydid etsi`. */
export function addEtsi(program: Command, run: Run, print: (line: string) => void): void {
	program
		.command("etsi")
		.description("serve the ETSI CoAP plugtest resources, until Ctrl-C")
		.option("--port <n>", "the UDP and the TCP port; 0 for a free one", whole(0, 65535), 5683)
		.option("--address <address>", "the local IPv4 address to listen on", "0.0.0.0")
		.allowExcessArguments(false)
		.action(({ port, address }: { port: number; address: string }) =>
			run(async (signal) => {
				const onError = (error: Error) => process.stderr.write(`katydid: ${error.message}\n`);
				const server = serveEtsi({ port, address, onError });
				print(`coap://${address}:${server.port}`);
				print(`coap+tcp://${address}:${server.port}`);
				await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
				server.close();
				return 0;
			}),
		);
}
