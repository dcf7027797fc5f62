// SPDX-License-Identifier: MIT
import type { ReceivedMessage } from "../mqtt/index.ts";
import { UsageError } from "../usage-error.ts";

/** What is printed of a message. Throws Error when it cannot be: %J of a payload that is no JSON. */
export type Format = (message: ReceivedMessage) => Buffer;

/** A piece of a format: text, or what it takes from a message. */
type Piece = (message: ReceivedMessage) => string | Buffer;

const FIELDS: Record<string, Piece> = {
	A: ({ properties }) => String(properties.topicAlias ?? ""),
	C: ({ properties }) => properties.contentType ?? "",
	D: ({ properties }) => Buffer.from(properties.correlationData ?? ""),
	E: ({ properties }) => String(properties.messageExpiryInterval ?? ""),
	F: ({ properties }) => String(properties.payloadFormatIndicator ?? ""),
	I: () => new Date().toISOString(),
	j: (message) => json(message, JSON.stringify(String(message.payload))),
	J: (message) => json(message, compact(message)),
	l: ({ payload }) => String(payload.length),
	P: ({ properties }) => (properties.userProperty ?? []).map(([name, value]) => `${name}:${value}`).join(" "),
	p: ({ payload }) => payload,
	q: ({ qos }) => String(qos),
	R: ({ properties }) => properties.responseTopic ?? "",
	r: ({ retain }) => (retain ? "1" : "0"),
	S: ({ properties }) => String(properties.subscriptionIdentifier?.[0] ?? ""),
	t: ({ topicName }) => topicName,
	U: () => (Date.now() / 1000).toFixed(9),
	x: ({ payload }) => payload.toString("hex"),
	X: ({ payload }) => payload.toString("hex").toUpperCase(),
	"%": () => "%",
};
/** Those that may be given a least width, those of them with a most width, and those that zeros may fill. */
const WIDE = "ACEFIlpRSt";
const NARROW = "CIRt";
const NUMBERS = "AEFlS";

const ESCAPES: Record<string, string> = {
	"\\": "\\",
	"0": "\0",
	a: "\x07",
	e: "\x1b",
	n: "\n",
	r: "\r",
	t: "\t",
	v: "\v",
};

/** Parses a format in mosquitto_sub's words, but for its %m and its dates after @. Throws UsageError. */
export function parseFormat(text: string): Format {
	const pieces: Piece[] = [];
	const pattern = /%(-?)(0?)(\d*)(?:\.(\d+))?(.?)|\\(.?)|@(@?)|[^%\\@]+/gsu;
	for (const [whole, left, zero, least, most, field, escaped, at] of text.matchAll(pattern)) {
		if (field !== undefined) pieces.push(fieldOf(whole, field, left!, zero!, least!, most));
		else if (escaped !== undefined) pieces.push(constant(ESCAPES[escaped], whole));
		else pieces.push(constant(at === "" ? undefined : (at ?? whole), whole));
	}
	return (message) => Buffer.concat(pieces.map((piece) => Buffer.from(piece(message))));
}

function constant(text: string | undefined, whole: string): Piece {
	if (text === undefined)
		throw new UsageError(`--format: expected %, @@ or one of \\\\ \\0 \\a \\e \\n \\r \\t \\v, got "${whole}"`);
	return () => text;
}

function fieldOf(
	whole: string,
	field: string,
	left: string,
	zero: string,
	least: string,
	most: string | undefined,
): Piece {
	const piece = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
	if (!piece) throw new UsageError(`--format: expected one of %${Object.keys(FIELDS).join(" %")}, got "${whole}"`);
	const plain = left + zero + least === "" && most === undefined;
	if (plain) return piece;
	if (!WIDE.includes(field) || (most !== undefined && !NARROW.includes(field)))
		throw new UsageError(`--format: expected no width for %${field}, got "${whole}"`);
	const filler = zero && !left && NUMBERS.includes(field) ? "0" : " ";
	return (message) => {
		const value = piece(message).toString();
		const cut = most === undefined ? value : value.slice(0, Number(most));
		return left ? cut.padEnd(Number(least)) : cut.padStart(Number(least), filler);
	};
}

/** The payload without the spaces between its parts. */
function compact({ payload, topicName }: ReceivedMessage): string {
	try {
		return JSON.stringify(JSON.parse(String(payload)));
	} catch {
		throw new Error(`the payload of a message to "${topicName}" is no JSON`);
	}
}

/** A message as mosquitto_sub tells it. */
function json({ topicName, qos, retain, payload, properties }: ReceivedMessage, shown: string): string {
	const { userProperty, contentType, responseTopic, correlationData } = properties;
	// A name may come twice, which JSON.stringify knows nothing of.
	const pairs = userProperty?.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
	const said = [
		...(pairs ? [`"user-properties":{${pairs}}`] : []),
		...member("content-type", contentType),
		...member("response-topic", responseTopic),
		...member("correlation-data", correlationData && Buffer.from(correlationData).toString()),
		...member("payload-format-indicator", properties.payloadFormatIndicator),
		...member("message-expiry-interval", properties.messageExpiryInterval),
		...member("subscription-identifier", properties.subscriptionIdentifier?.[0]),
	];
	const parts = [
		...member("tst", new Date().toISOString()),
		...member("topic", topicName),
		...member("qos", qos),
		...member("retain", retain ? 1 : 0),
		...member("payloadlen", payload.length),
		...(said.length > 0 ? [`"properties":{${said}}`] : []),
		`"payload":${shown}`,
	];
	return `{${parts}}`;
}

function member(name: string, value: string | number | undefined): string[] {
	return value === undefined ? [] : [`${JSON.stringify(name)}:${JSON.stringify(value)}`];
}
