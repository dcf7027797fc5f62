// SPDX-License-Identifier: MIT
import { expect } from "vitest";
import { Server, type ServerOptions } from "../../src/coap/index.ts";
import { TcpServer, type TcpServerOptions } from "../../src/coap/tcp-server.ts";
import { Stream } from "./coap-stream.ts";

const CSM = "7.01 4=";
export const LONG = "0123456789abcdef".repeat(100);

export function serving(tcp: TcpServerOptions = {}, options: Partial<ServerOptions> = {}) {
	const errors: Error[] = [];
	const server = new Server({ random: () => 0.5, onError: (error) => errors.push(error), ...options });
	const streams = new TcpServer(server, tcp);
	let port = 5000;
	function connects(): Stream {
		const connection = streams.accept({ address: "192.0.2.1", port: port++ });
		if (connection === undefined) throw new Error("expected a connection, got none");
		const stream = new Stream(connection);
		stream.opens();
		stream.sends(CSM);
		return stream;
	}
	return { server, streams, connects, errors };
}

/** Lets promises settle. */
export async function settle() {
	for (let i = 0; i < 8; i++) await null;
}

/** Expects one message, such as `pattern` says. */
export function only(messages: string[], pattern: RegExp | string): void {
	expect(messages).toHaveLength(1);
	expect(messages[0]).toMatch(pattern);
}
