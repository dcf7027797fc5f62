// SPDX-License-Identifier: MIT
import { type BrokerAddress, brokerUrl } from "../src/mqtt/index.ts";
import type { Property, Thing } from "../src/thing/index.ts";
import { findClient } from "./clients.ts";

interface Address {
	host: string;
	port: number;
}

/** Lines to paste into another terminal, with the names that the clients have on this machine. */
export function tryLines(thing: Thing, mqtt: BrokerAddress, coap: Address): string[] {
	const shown = thing.properties.find((property) => !property.writable) ?? thing.properties[0];
	const switched = thing.properties.find((property) => property.writable);
	const { host, port, username, password, tls, webSocket } = mqtt;
	const credentials = `${username ? ` -u ${quote(username)}` : ""}${password ? ` -P ${quote(password)}` : ""}`;
	const broker = `-h ${host} -p ${port}${tls ? " --tls-use-os-certs" : ""}${credentials}`;
	// mosquitto's clients speak no WebSocket before 2.1.
	const client = (name: "mosquitto_sub" | "mosquitto_pub", words: string) =>
		webSocket
			? `npx katydid ${name.slice(-3)} --url ${quote(brokerUrl(mqtt))}${credentials} ${words}`
			: line(name, `${broker} ${words}`);
	const uri = (property: Property) => `coap://${coap.host}:${coap.port}/${property.name}`;
	const lines = [client("mosquitto_sub", `-v -t '${thing.topic}/#'`)];
	if (switched) lines.push(client("mosquitto_pub", `-t ${thing.topic}/${switched.name}/set -m ${example(switched)}`));
	if (shown) lines.push(line("coap-client", `-m get ${uri(shown)}`));
	if (switched) lines.push(line("coap-client", `-m put -e ${example(switched)} ${uri(switched)}`));
	if (shown) lines.push(line("coap-client", `-s 60 ${uri(shown)}`));
	return lines;
}

/** As a POSIX shell reads it. */
function quote(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

function line(name: Parameters<typeof findClient>[0], words: string): string {
	const { command, install } = findClient(name);
	// A comment, so that the line can be pasted all the same.
	return `${command} ${words}${install ? `   # not installed: ${install}` : ""}`;
}

/** A value that the property is likely not to have yet. */
function example(property: Property): string {
	const { definition } = property;
	if (definition.type === "boolean") return "true";
	if (definition.type === "string") return definition.enum?.at(-1) ?? "hello";
	return String(definition.maximum ?? definition.minimum ?? 1);
}
