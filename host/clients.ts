// SPDX-License-Identifier: MIT
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A command line client of another project, under the name it has on this machine. */
export interface Client {
	/** The name to type; the plain one when it is not installed. */
	command: string;
	/** How to install it; undefined when it is there. */
	install?: string;
}

/** Debian names libcoap's client after the TLS library that it was built with. */
const CLIENTS = {
	mosquitto_sub: { names: ["mosquitto_sub"], debian: "mosquitto-clients" },
	mosquitto_pub: { names: ["mosquitto_pub"], debian: "mosquitto-clients" },
	"coap-client": {
		names: ["coap-client", "coap-client-notls", "coap-client-openssl", "coap-client-gnutls"],
		debian: "libcoap3-bin",
	},
};

/** Finds a client on PATH. */
export function findClient(name: keyof typeof CLIENTS, path = process.env.PATH ?? ""): Client {
	const { names, debian } = CLIENTS[name];
	const folders = path.split(delimiter);
	const found = names.find((candidate) => folders.some((folder) => executable(join(folder, candidate))));
	return found ? { command: found } : { command: name, install: `sudo apt install ${debian}` };
}

function executable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
