// SPDX-License-Identifier: MIT
import {
	Code,
	Format,
	type Request,
	type Resource,
	type Response,
	type Result,
	Server,
	type ServerOptions,
} from "../coap/index.ts";
import type { Property, Value } from "./property.ts";
import type { Thing } from "./thing.ts";

export type CoapFaceOptions = ServerOptions & {
	/** A command came; `error` says why its value is not allowed. Called before the actuator is. */
	onCommand?(property: string, payload: string, error?: unknown): void;
};

/**
 * A thing on CoAP: each property is an observable resource `/<property>`, as text or JSON; one with an actuator takes PUT and POST
 * (POST without a payload toggles a boolean), as interfaces core.s and core.a say.
 */
export class CoapFace {
	readonly server: Server;
	private thing: Thing;
	private options: CoapFaceOptions;

	constructor(thing: Thing, options: CoapFaceOptions) {
		this.thing = thing;
		this.options = options;
		this.server = new Server(options);
		const resources = thing.properties.map((property) => this.serve(property));
		thing.observe((property) => resources[property.index]!.changed());
	}

	private serve(property: Property): Resource {
		const { definition, name, writable } = property;
		const write = writable ? (request: Request) => this.command(property, request) : undefined;
		return this.server.resource(name, {
			title: definition.title,
			rt: name,
			if: writable ? "core.a" : "core.s",
			ct: [Format.TEXT, Format.JSON],
			observable: true,
			get: (request) => represent(property, request),
			put: write,
			post: write,
		});
	}

	private command(property: Property, request: Request): Response {
		const payload = request.text();
		let value: Value;
		try {
			value = requested(property, request, payload);
		} catch (error) {
			this.options.onCommand?.(property.name, payload, error);
			return { code: Code.BAD_REQUEST, payload: (error as Error).message };
		}
		this.options.onCommand?.(property.name, payload);
		return { code: this.thing.command(property, value) ? Code.CHANGED : Code.INTERNAL_SERVER_ERROR };
	}
}

function represent(property: Property, request: Request): Result {
	if (property.value === undefined) return { code: Code.SERVICE_UNAVAILABLE, payload: "no value yet", maxAge: 1 };
	return request.accept === Format.JSON ? { format: Format.JSON, payload: property.json } : property.text;
}

/** The value that a PUT or POST asks for. Throws TypeError or RangeError when it is not allowed. */
function requested(property: Property, request: Request, payload: string): Value {
	if (payload === "" && request.code === Code.POST && property.definition.type === "boolean") return !property.value;
	return request.contentFormat === Format.JSON ? property.parseJSON(payload) : property.parse(payload);
}
