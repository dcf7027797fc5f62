// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { type Link, parseLinks, parseUri } from "../../src/coap/client.ts";

const uris: [uri: string, host: string, port: number, path: string[], query: string[], uriHost?: string][] = [
	["coap://192.0.2.1", "192.0.2.1", 5683, [], []],
	["coap://192.0.2.1/", "192.0.2.1", 5683, [], []],
	["coap://192.0.2.1:/a", "192.0.2.1", 5683, ["a"], []],
	["coap://192.0.2.1:1/a/b/", "192.0.2.1", 1, ["a", "b", ""], []],
	["coap://192.0.2.1//", "192.0.2.1", 5683, ["", ""], []],
	["coap://192.0.2.1?x", "192.0.2.1", 5683, [], ["x"]],
	["coap://192.0.2.1/a?x=1&y=%26&", "192.0.2.1", 5683, ["a"], ["x=1", "y=&", ""]],
	["COAP://EXAMPLE.NET/A", "example.net", 5683, ["A"], [], "example.net"],
	// RFC 7252 §6.4's example: a slash in a segment, and what UTF-8 takes several bytes for.
	["coap://h/%2F/%E3%81%93", "h", 5683, ["/", "こ"], [], "h"],
];
for (const [uri, host, port, path, query, uriHost] of uris)
	test(`${uri} is taken apart (RFC 7252 §6.4)`, () => {
		expect(parseUri(uri)).toEqual({ scheme: "coap", host, port, path, query, uriHost });
	});

test("coap+tcp is another scheme (RFC 8323 §8.1)", () => {
	expect(parseUri("coap+tcp://h/a")).toMatchObject({ scheme: "coap+tcp", host: "h", port: 5683, path: ["a"] });
});

const wrong: [uri: string, message: RegExp][] = [
	["http://h/", /expected coap:\/\/host\[:port\]\[\/path\]\[\?query\], got "http:\/\/h\/"/],
	["coap:/h", /expected coap:/],
	["coap://", /expected coap:/],
	["coap://h:port/", /expected coap:/],
	["coap://user@h/", /expected coap:/],
	["coap://[::1]/", /expected coap:/],
	["coap://h/a#b", /expected coap:/],
	["coap://h:0/", /expected a port from 1 to 65535/],
	["coap://h:65536/", /expected a port from 1 to 65535/],
	["coap://h/%ff", /expected UTF-8 in percent-encoding/],
	["coap://h/%", /expected UTF-8 in percent-encoding/],
	["h", /expected coap:/],
	["", /expected coap:/],
];
for (const [uri, message] of wrong)
	test(`"${uri}" is refused`, () => {
		expect(() => parseUri(uri)).toThrow(TypeError);
		expect(() => parseUri(uri)).toThrow(message);
	});

const documents: [text: string, links: Link[]][] = [
	["", []],
	["</a>", [{ target: "/a", attributes: {} }]],
	[
		"</a>,</b>;obs",
		[
			{ target: "/a", attributes: {} },
			{ target: "/b", attributes: { obs: "" } },
		],
	],
	// RFC 6690 §5.
	[
		'</sensors/temp>;if="sensor",\n</sensors/light>;if="sensor"',
		[
			{ target: "/sensors/temp", attributes: { if: "sensor" } },
			{ target: "/sensors/light", attributes: { if: "sensor" } },
		],
	],
	[
		'</s>;ct=40;title="a, \\"b\\"; <c>";rt="x y"',
		[{ target: "/s", attributes: { ct: "40", title: 'a, "b"; <c>', rt: "x y" } }],
	],
	["</s>;constructor=1", [{ target: "/s", attributes: { constructor: "1" } as never }]],
	['</s>;rt="first";rt="second"', [{ target: "/s", attributes: { rt: "first" } }]],
	[
		'<http://example.net/t?a=b>;anchor="/s";rel=describedby ',
		[{ target: "http://example.net/t?a=b", attributes: { anchor: "/s", rel: "describedby" } }],
	],
];
for (const [text, links] of documents)
	test(`links: ${JSON.stringify(text)}`, () => {
		expect(parseLinks(text)).toEqual(links);
	});

for (const text of ["a", "</a", "</a> b", '</a>;t="b', "</a>;;b", ",", "</a>;=b"])
	test(`no links: ${text}`, () => {
		expect(() => parseLinks(text)).toThrow(/^expected a link such as/);
	});
