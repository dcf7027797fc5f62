// SPDX-License-Identifier: MIT
// TD_COAP_OBS: resources that change.
import { type Answer, Code, Format, type Request, type Resource } from "../src/coap/index.ts";
import type { CoapServer } from "./coap/index.ts";
import { LARGE } from "./etsi-blocks.ts";

/** How often they change, in seconds. */
const INTERVAL = 5;

/** How many times as long as a line the payloads of /obs-pumping are, one after the other. */
const PUMPING = [1, 4, 16, 24, 16, 4];

/** /obs, /obs-non, /obs-large and /obs-pumping. Call what it returns to end their changes. */
export function serveObservable(server: CoapServer): () => void {
	const obs = new Changing();
	let step = 0;
	const now = () => `${new Date().toISOString().slice(11, 19)}\n`;
	const resources = [
		obs.serve(server),
		server.resource("obs-non", {
			title: `Observable resource which changes every ${INTERVAL} seconds, told in NON`,
			confirmEvery: 1_000_000,
			observable: true,
			get: () => ({ payload: now(), format: Format.TEXT, maxAge: INTERVAL }),
		}),
		server.resource("obs-large", {
			title: `Observable large resource which changes every ${INTERVAL} seconds`,
			confirmEvery: 1,
			observable: true,
			get: () => ({ payload: now() + LARGE, format: Format.TEXT, maxAge: INTERVAL }),
		}),
		server.resource("obs-pumping", {
			title: `Observable resource which changes its length every ${INTERVAL} seconds`,
			confirmEvery: 1,
			observable: true,
			get: () => ({
				payload: now() + LARGE.slice(0, 64).repeat(PUMPING[step]!),
				format: Format.TEXT,
				maxAge: INTERVAL,
			}),
		}),
	];
	const timer = setInterval(() => {
		step = (step + 1) % PUMPING.length;
		obs.tick();
		for (const resource of resources) resource.changed();
	}, INTERVAL * 1000);
	return () => clearInterval(timer);
}

/** /obs, which clients may change, too. */
class Changing {
	private count = 0;
	private given: Uint8Array | undefined;
	private format = Format.TEXT;
	/** What observers are told instead: that it is gone, or that it is no more what they asked for. */
	private trouble: number | undefined;
	private resource!: Resource;

	serve(server: CoapServer): Resource {
		this.resource = server.resource("obs", {
			title: `Observable resource which changes every ${INTERVAL} seconds`,
			confirmEvery: 1,
			observable: true,
			get: () => this.get(),
			put: (request) => this.put(request),
			delete: () => {
				this.given = undefined;
				this.format = Format.TEXT;
				this.tell(Code.NOT_FOUND); // TD_COAP_OBS_07
				return undefined;
			},
		});
		return this.resource;
	}

	tick(): void {
		this.count++;
		this.trouble = undefined;
	}

	private get(): Answer {
		if (this.trouble !== undefined) return { code: this.trouble };
		return { payload: this.given ?? `${this.count}`, format: this.format, maxAge: INTERVAL };
	}

	private put(request: Request): Answer {
		const { contentFormat = Format.TEXT } = request;
		const other = contentFormat !== this.format;
		this.given = request.payload.slice();
		this.format = contentFormat;
		this.tell(other ? Code.INTERNAL_SERVER_ERROR : undefined); // TD_COAP_OBS_08, 09
		return undefined;
	}

	private tell(trouble: number | undefined): void {
		this.trouble = trouble;
		this.resource.changed();
	}
}
