// SPDX-License-Identifier: MIT
import type { Answer } from "dns-packet";

// RFC 6762 (mDNS) and RFC 6763 (DNS-SD).

/** What is said of a thing: where it is, and that it speaks CoAP and is a Web Thing. */
export interface Place {
	/** Its host name, without `.local`. */
	readonly name: string;
	/** An IPv4 address. */
	readonly address: string;
	/** CoAP's. */
	readonly port: number;
	/** A name for people. */
	readonly title: string;
}

/** RFC 6762 §10: of records with the host's name in them, and of others; seconds. */
const HOST_TTL = 120;
const OTHER_TTL = 4500;
const ALL_SERVICES = "_services._dns-sd._udp.local";
/** CoAP (RFC 7252 §12.8), and WoT Discovery §7.1.2. */
const SERVICES = [
	["_coap._udp.local", []],
	["_wot._udp.local", ["td=/.well-known/wot", "type=Thing", "scheme=coap"]],
] as const;

/** Every record of a place. Those that nobody else may have are `flush`ed (RFC 6762 §10.2). */
export function recordsOf({ name, address, port, title }: Place): Answer[] {
	const target = `${name}.local`;
	const services = SERVICES.flatMap(([type, texts]): Answer[] => [
		{ name: ALL_SERVICES, type: "PTR", ttl: OTHER_TTL, data: type },
		{ name: type, type: "PTR", ttl: OTHER_TTL, data: `${name}.${type}` },
		{
			name: `${name}.${type}`,
			type: "SRV",
			ttl: HOST_TTL,
			flush: true,
			data: { target, port, priority: 0, weight: 0 },
		},
		{ name: `${name}.${type}`, type: "TXT", ttl: OTHER_TTL, flush: true, data: [`title=${title}`, ...texts] },
	]);
	return [{ name: target, type: "A", ttl: HOST_TTL, flush: true, data: address }, ...services];
}

/** The names that nobody else may have. */
export function ownNames({ name }: Place): string[] {
	return [`${name}.local`, ...SERVICES.map(([type]) => `${name}.${type}`)];
}

/** The records that answer a question, and what goes with them. */
export function answersTo(records: readonly Answer[], question: { name: string; type: string }) {
	const same = (one: string, two: string) => one.toLowerCase() === two.toLowerCase();
	const answers = records.filter(
		({ name, type }) => same(name, question.name) && (question.type === "ANY" || question.type === type),
	);
	const pointed = answers.flatMap((answer) => (answer.type === "PTR" ? [String(answer.data)] : []));
	const additionals =
		answers.length === 0
			? []
			: records.filter((record) => !answers.includes(record) && (pointed.includes(record.name) || record.type === "A"));
	return { answers, additionals };
}

/** Whether a record of somebody's says something else of one of our names than we do. */
export function contradicts(records: readonly Answer[], theirs: Answer): boolean {
	const ours = records.find(
		(record) => record.type === theirs.type && record.name.toLowerCase() === theirs.name.toLowerCase(),
	);
	if (!ours || (ours.type !== "A" && ours.type !== "SRV")) return false;
	return JSON.stringify(essence(ours)) !== JSON.stringify(essence(theirs));
}

function essence(record: Answer): unknown {
	if (record.type !== "SRV") return "data" in record ? record.data : undefined;
	return [record.data.target.toLowerCase(), record.data.port];
}
