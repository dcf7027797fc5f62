// SPDX-License-Identifier: MIT
// TD_COAP_LINK: what `/.well-known/core` finds, and a tree of resources.
import { Format } from "../src/coap/index.ts";
import type { CoapServer } from "./coap/index.ts";

const LINKS = [
	{ rt: "Type1 Type2", if: "If1" },
	{ rt: "Type2 Type3", if: "If2" },
	{ rt: "Type1 Type3", if: "foo" },
];

const SUBS = ["sub1", "sub2", "sub3"];

/** /link1 to /link3, and /path with /path/sub1 to /path/sub3. */
export function serveLinks(server: CoapServer): void {
	LINKS.forEach((link, i) => {
		server.resource(`link${i + 1}`, { title: "Link test resource", ...link, get: () => `link${i + 1}` });
	});
	server.resource("path", {
		title: "Hierarchical link description entry",
		ct: [Format.LINK_FORMAT],
		get: () => SUBS.map((sub) => `</path/${sub}>`).join(","),
	});
	for (const sub of SUBS)
		server.resource(`path/${sub}`, { title: "Hierarchical link description sub-resource", get: () => sub });
}
