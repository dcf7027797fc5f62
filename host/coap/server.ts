// SPDX-License-Identifier: MIT
import { type Resource, type ResourceOptions, Server, type ServerOptions } from "../../src/coap/index.ts";
import { TcpServer, type TcpServerOptions } from "../../src/coap/tcp-server.ts";
import { DatagramDriver, ListenerDriver, type UDPOptions } from "../../src/drive/index.ts";
import { UDP } from "../io/index.ts";
import { nodePlatform } from "../platform.ts";
import { unguessable } from "../unguessable.ts";

/** All CoAP Nodes (RFC 7252 §12.8). */
const ALL_NODES = "224.0.1.187";

/** What Node has room for, where a device has not. */
const ROOM = {
	peers: 1024,
	observers: 1024,
	promises: 1024,
	uploads: 64,
	uploadSize: 2 ** 24,
	uploadMemory: 2 ** 26,
	downloads: 64,
	downloadMemory: 2 ** 26,
};

/** What a server on Node is made with, beside what any server is; it has room for more. */
export interface CoapServerOptions extends Omit<Partial<ServerOptions>, "messageId" | "random"> {
	/** The UDP port; 5683 when absent (RFC 7252 §6.1), any free one for 0. */
	readonly port?: number;
	/** The local IPv4 address to listen on; all when absent. */
	readonly address?: string;
	/** Whether the same resources are served over TCP, too, on the same port (RFC 8323), and how; false when absent. */
	readonly tcp?: boolean | TcpServerOptions;
	/** The address of the interface on which it answers what is sent to All CoAP Nodes, 224.0.1.187; true for the system's choice. */
	readonly multicast?: boolean | string;
}

/** A CoAP server on Node. It keeps the program from ending until it is closed. */
export class CoapServer {
	/** The UDP port that it listens on. */
	readonly port: number;
	private readonly server: Server;
	private readonly driver: DatagramDriver;
	private readonly streams: TcpServer | undefined;
	private readonly listener: ListenerDriver | undefined;
	private readonly group: UDP | undefined;

	/** Listens at once. Throws when the port is taken, RangeError on a number that is out of range. */
	constructor(options: CoapServerOptions = {}) {
		const { port = 5683, address = "0.0.0.0", multicast = false, tcp = false, onError = () => {}, ...rest } = options;
		const platform = nodePlatform(address, unguessable);
		// Tenths of seconds outrun what one notification after the other counts, so that the numbers grow over a restart (RFC 7641 §4.4).
		const sequence = Math.floor(Date.now() / 100) & 0xffffff;
		this.server = new Server({ sequence, ...ROOM, ...rest, onError, random: unguessable });
		const shared = multicast !== false;
		if (shared && port > 0) new UDP({ port, address }).close(); // Nobody else may have it.
		let socket: UDP | undefined;
		const Socket = class extends UDP {
			constructor(given: UDPOptions) {
				super({ ...given, address, shared });
				socket = this;
			}
		};
		this.driver = new DatagramDriver(this.server, { ...platform, UDP: Socket }, port, onError);
		this.port = socket!.port;
		if (shared) this.group = this.join(multicast === true ? undefined : multicast, platform.now, onError);
		if (tcp === false) return;
		this.streams = new TcpServer(this.server, { connections: 1024, observers: 64, ...(tcp === true ? {} : tcp) });
		this.listener = new ListenerDriver(this.streams, platform, this.port, onError);
	}

	/**
	 * Offers a resource under a path such as "light" or "a/b". Call `changed()` of what it returns when its state did. Throws TypeError when the path is
	 * taken or cannot be one.
	 */
	resource(path: string, options: ResourceOptions): Resource {
		return this.server.resource(path, options);
	}

	/** How many observers there are. */
	get observed(): number {
		return this.server.observed;
	}

	/** Answers nobody any more. */
	close(): void {
		this.driver.close();
		this.listener?.close();
		this.streams?.close();
		this.group?.close();
	}

	/** A socket for the group alone: what comes there is answered as a multicast request is. */
	private join(local: string | undefined, now: () => number, onError: (error: Error) => void): UDP {
		const { server } = this;
		const group = new UDP({
			port: this.port,
			address: ALL_NODES,
			shared: true,
			onReadable(count) {
				for (; count > 0; count--) {
					const datagram = group.read();
					if (datagram !== undefined) server.receiveMulticast(new Uint8Array(datagram), datagram, now());
				}
				server.wake();
			},
			onError: (error) => error && onError(error),
		});
		group.join(ALL_NODES, local);
		return group;
	}
}
