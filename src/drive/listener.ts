// SPDX-License-Identifier: MIT
import type { Listener } from "./io.ts";
import type { Endpoint, StreamMachine } from "./machine.ts";
import type { Platform } from "./platform.ts";
import { StreamDriver } from "./stream.ts";

/** Who answers connections: a stream machine for one from `endpoint`, or undefined to refuse it. */
export interface Acceptor {
	accept(endpoint: Readonly<Endpoint>): StreamMachine | undefined;
}

/** Waits for TCP connections with an ECMA-419 listener, and drives a machine over each. */
export class ListenerDriver {
	private readonly acceptor: Acceptor;
	private readonly platform: Platform;
	private readonly listener: Listener;
	private readonly onError: (error: Error) => void;

	/** `onError` hears of connections that could not be taken. Throws when the port is taken, or the platform has no listeners. */
	constructor(acceptor: Acceptor, platform: Platform, port: number, onError: (error: Error) => void) {
		if (platform.Listener === undefined) throw new Error("expected a platform with TCP listeners, got one without");
		this.acceptor = acceptor;
		this.platform = platform;
		this.onError = onError;
		this.listener = new platform.Listener({ port, onReadable: this.readable });
	}

	/** The port that it listens on. */
	get port(): number {
		return this.listener.port;
	}

	/** Takes no more connections; those that are there are their machines' to close. */
	close(): void {
		this.listener.close();
	}

	private readonly readable = (): void => {
		for (let socket = this.listener.read(); socket !== undefined; socket = this.listener.read()) {
			try {
				const { remoteAddress, remotePort } = socket;
				const known = remoteAddress !== undefined && remotePort !== undefined;
				const machine = known ? this.acceptor.accept({ address: remoteAddress, port: remotePort }) : undefined;
				if (machine === undefined) socket.close();
				else new StreamDriver(machine, this.platform, socket);
			} catch (error) {
				this.onError(error as Error);
			}
		}
	};
}
