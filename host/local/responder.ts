// SPDX-License-Identifier: MIT
import type { Answer } from "dns-packet";
import makeMulticastDNS, { type QueryOutgoingPacket, type QueryPacket, type ResponsePacket } from "multicast-dns";
import { answersTo, contradicts, ownNames, type Place, recordsOf } from "./records.ts";

/** RFC 6762 §8.1: three probes, 250 ms apart. */
const PROBES = 3;
const PROBE_INTERVAL = 250;
const PORT = 5353;
/** RFC 6762 §6.7: for whoever asks from another port. */
const LEGACY_TTL = 10;

export interface ResponderOptions extends Place {
	/** The name is ours; it has a suffix when others had it first, as `taken` says. */
	onName(name: string, taken: readonly string[]): void;
	/** Nobody can be told, or hears. */
	onError(error: Error): void;
}

/** Says where a thing is to whoever asks for `NAME.local`, `_coap._udp` or `_wot._udp` on the interface that has its address. */
export class Responder {
	private readonly options: ResponderOptions;
	private readonly socket: ReturnType<typeof makeMulticastDNS>;
	private readonly taken: string[] = [];
	private name: string;
	private records: Answer[] = [];
	private probes = 0;
	private timer: NodeJS.Timeout | undefined;
	private closed = false;

	constructor(options: ResponderOptions) {
		this.options = options;
		this.name = options.name;
		// Bound to the address itself, it would hear nothing that is sent to many.
		this.socket = makeMulticastDNS({ interface: options.address, bind: "0.0.0.0", loopback: true, reuseAddr: true });
		this.socket.on("error", (error: Error) => options.onError(error));
		this.socket.on("warning", () => {});
		this.socket.on("ready", () => this.claim());
		this.socket.on("query", (query, from) => this.asked(query, from));
		this.socket.on("response", (response) => this.told(response));
	}

	/** Takes back what was said. */
	close(): Promise<void> {
		this.closed = true;
		clearTimeout(this.timer);
		return new Promise((resolve) => {
			const end = () => this.socket.destroy(resolve);
			if (this.owned)
				this.socket.respond({ answers: this.records.map((record) => ({ ...record, ttl: 0 }) as Answer) }, end);
			else end();
		});
	}

	private get owned(): boolean {
		return this.probes > PROBES;
	}

	private claim(): void {
		this.records = recordsOf({ ...this.options, name: this.name });
		this.probes = 0;
		this.probe();
	}

	private probe(): void {
		if (this.closed) return;
		if (this.probes++ === PROBES) {
			this.announce();
			this.options.onName(this.name, this.taken);
			return;
		}
		const unique = this.records.filter(({ type }) => type === "A" || type === "SRV");
		const questions = ownNames({ ...this.options, name: this.name }).map((name) => ({ name, type: "ANY" as const }));
		this.socket.query({ questions, authorities: unique } as unknown as QueryOutgoingPacket);
		this.timer = setTimeout(() => this.probe(), PROBE_INTERVAL);
	}

	/** RFC 6762 §8.3: twice, a second apart. */
	private announce(again = true): void {
		if (this.closed) return;
		this.socket.respond({ answers: this.records });
		if (again) this.timer = setTimeout(() => this.announce(false), 1000);
	}

	private asked(
		{ id, questions, authorities }: QueryPacket & { id?: number },
		from: { address: string; port: number },
	): void {
		// Somebody wants a name that we want: who says the greater thing has it (RFC 6762 §8.2).
		const rivals = (authorities ?? []) as Answer[];
		if (!this.owned) {
			if (rivals.some((theirs) => contradicts(this.records, theirs) && this.loses(theirs))) this.rename();
			return;
		}
		const found = questions.map((question) => answersTo(this.records, question));
		const answers = [...new Set(found.flatMap(({ answers }) => answers))];
		if (answers.length === 0) return;
		const additionals = [...new Set(found.flatMap(({ additionals }) => additionals))].filter(
			(one) => !answers.includes(one),
		);
		if (from.port === PORT) {
			this.socket.respond({ answers, additionals });
			return;
		}
		const plain = (record: Answer) => ({ ...record, ttl: LEGACY_TTL, flush: false }) as Answer;
		this.socket.respond(
			{ id, questions, answers: answers.map(plain), additionals: additionals.map(plain) } as ResponsePacket,
			from,
		);
	}

	private told({ answers, additionals }: ResponsePacket): void {
		const theirs = [...answers, ...(additionals ?? [])] as Answer[];
		if (theirs.some((record) => "ttl" in record && record.ttl !== 0 && contradicts(this.records, record)))
			this.rename();
	}

	private loses(theirs: Answer): boolean {
		return theirs.type === "SRV" && theirs.data.port > this.options.port;
	}

	/** Somebody has the name: another one, with a number (RFC 6762 §9). */
	private rename(): void {
		if (this.closed) return;
		clearTimeout(this.timer);
		this.taken.push(this.name);
		const suffix = `-${this.taken.length + 1}`;
		this.name = `${this.options.name.slice(0, 32 - suffix.length)}${suffix}`;
		this.claim();
	}
}
