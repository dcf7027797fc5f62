// SPDX-License-Identifier: MIT

/** Content-Formats of the IANA registry by media type, without parameters (RFC 7252 §12.3). */
const FORMATS: Readonly<Record<string, number>> = {
	"text/plain": 0,
	"application/link-format": 40,
	"application/xml": 41,
	"application/octet-stream": 42,
	"application/exi": 47,
	"application/json": 50,
	"application/json-patch+json": 51,
	"application/merge-patch+json": 52,
	"application/cbor": 60,
	"application/cwt": 61,
	"application/cbor-seq": 63,
	"application/senml+json": 110,
	"application/sensml+json": 111,
	"application/senml+cbor": 112,
	"application/sensml+cbor": 113,
	"application/problem-details+cbor": 257, // "concise problem details", RFC 9290
	"application/senml-etch+json": 320,
	"application/senml-etch+cbor": 322,
	"application/td+json": 432,
};

/** Names that are shorter than what is behind the slash of the media type. */
const SHORT: Readonly<Record<string, string>> = { text: "text/plain", binary: "application/octet-stream" };

/** A Content-Format: its number, its media type, or that without "application/", such as "json"; also "text" and "binary". */
export type Format = number | string;

/** The number of a Content-Format. Throws TypeError when it has no such name. */
export function formatNumber(format: Format): number {
	if (typeof format === "number") return format;
	if (/^\d{1,5}$/.test(format)) return Number(format);
	const name = format.toLowerCase();
	const number = FORMATS[SHORT[name] ?? name] ?? FORMATS[`application/${name}`];
	if (number === undefined)
		throw new TypeError(`expected a Content-Format's number or a name such as json or text/plain, got "${format}"`);
	return number;
}

/** The media type of a Content-Format; undefined when it has no name here. */
export function formatName(number: number): string | undefined {
	return Object.keys(FORMATS).find((name) => FORMATS[name] === number);
}
