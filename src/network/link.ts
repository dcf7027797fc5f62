// SPDX-License-Identifier: MIT
import { ADDRESSED, LINKED, type NetworkInterface } from "./interface.ts";
import { checkHostName, type LinkOptions, type NetworkErrorCode, type NetworkEvent } from "./options.ts";
import * as State from "./state.ts";

/** While there is a link without an address, the interface is looked at this often. */
const ADDRESS_POLL = 1000;

/**
 * A device's place in a network, kept: a machine that has an interface. Call `start`; from then on the driver calls `expire` at `deadline`, and
 * arms that anew after each call and whenever `wake` is called. `onEvent` says when there is a network and when there is none; it may call `close`.
 */
export abstract class Link {
	/** When `expire` wants to be called; Infinity when never. */
	deadline = Number.POSITIVE_INFINITY;
	/** The IPv4 address; undefined while there is no network. */
	address: string | undefined = undefined;
	protected readonly interface: NetworkInterface;
	protected state = State.OFF;
	private readonly options: LinkOptions;
	private readonly addressTimeout: number;
	protected readonly poll: number;
	/** When the state has lasted too long. */
	protected stateDeadline = Number.POSITIVE_INFINITY;
	/** When the interface is looked at. */
	private look = Number.POSITIVE_INFINITY;

	/** Throws RangeError on options that cannot work. */
	constructor(options: LinkOptions) {
		checkHostName(options.hostName);
		this.options = options;
		this.addressTimeout = options.addressTimeout ?? 45_000;
		this.poll = options.poll ?? 5000;
		this.interface = options.open(() => this.stir());
	}

	/** The driver puts its own function here. */
	wake: () => void = () => {};

	/** Whether there is a network. */
	get up(): boolean {
		return this.address !== undefined;
	}

	/** The strength of the signal in dBm; undefined by cable, and while there is no network. */
	get RSSI(): number | undefined {
		return this.up ? this.interface.RSSI : undefined;
	}

	/** Wants a network, until `close`. */
	start(now: number): void {
		if (this.state !== State.OFF) return;
		const { hostName } = this.options;
		try {
			if (hostName !== undefined) this.interface.configure({ hostname: hostName });
		} catch {
			// Without its name it is reached by its address.
		}
		this.begin(now);
		this.arm();
		this.wake();
	}

	/** Wants none any more. */
	close(): void {
		if (this.state === State.OFF) return;
		this.leave();
		this.enter(State.OFF, Number.POSITIVE_INFINITY);
		this.down("CLOSED", "the network was left, as was asked");
		this.arm();
		this.wake();
	}

	/** A call too many does nothing. */
	expire(now: number): void {
		if (now >= this.look) this.watch(now);
		if (now >= this.stateDeadline) this.expired(now);
		this.arm();
	}

	/** Begins to connect. */
	protected abstract begin(now: number): void;
	/** While CONNECTING the interface has no link; `connection` says how far it is. */
	protected abstract unlinked(connection: number, now: number): void;
	/** The link was lost, or is of no use, as no address came. `up`: there was a network, and it was said that there is none now. */
	protected abstract lost(code: NetworkErrorCode, reason: string, up: boolean, now: number): void;
	/** The state has lasted too long; ADDRESSING is looked after here. */
	protected abstract expireState(now: number): void;
	/** There is a network. */
	protected linked(_now: number): void {}
	/** The access point's SSID. */
	protected get network(): string | undefined {
		return undefined;
	}

	/** The interface is looked at in the next turn: its callback is no place for what may follow. */
	protected stir(): void {
		if (this.state === State.OFF) return;
		this.look = this.deadline = 0;
		this.wake();
	}

	protected enter(state: number, deadline: number): void {
		this.state = state;
		this.stateDeadline = deadline;
	}

	protected emit(event: NetworkEvent): void {
		try {
			this.options.onEvent(event);
		} catch {
			// Escaping, it would reboot a device; and there is nobody else to tell.
		}
	}

	protected down(code: NetworkErrorCode, reason: string): void {
		if (this.address === undefined) return;
		this.address = undefined;
		this.emit({ state: "down", code, reason });
	}

	/** Ends what the interface has or tries. */
	protected leave(): void {
		try {
			this.interface.disconnect();
		} catch {
			// There was nothing to end.
		}
	}

	private expired(now: number): void {
		if (this.state !== State.ADDRESSING) this.expireState(now);
		else this.end("NO_ADDRESS", "no DHCP server gave an address in time", now);
	}

	private end(code: NetworkErrorCode, reason: string, now: number): void {
		const { up } = this;
		this.down(code, reason);
		if (this.state !== State.OFF) this.lost(code, reason, up, now);
	}

	private watch(now: number): void {
		const polled = this.look > 0;
		this.look = now + this.poll;
		if (this.state < State.CONNECTING) return;
		const { connection } = this.interface;
		if (connection >= LINKED) this.settle(connection, polled, now);
		else if (this.state === State.CONNECTING) this.unlinked(connection, now);
		else this.end("LOST", "the connection to the network was lost", now);
	}

	/** There is a link: is there an address? */
	private settle(connection: number, polled: boolean, now: number): void {
		if (this.state === State.CONNECTING) this.enter(State.ADDRESSING, now + this.addressTimeout);
		// The SDK waits for an IPv6 address too, which may never come. A while later an IPv4 address is no remnant of the last network.
		const usable = connection >= ADDRESSED || this.state === State.UP || polled;
		const { address } = this.interface;
		if (!usable || address === undefined || !/^\d+\.\d+\.\d+\.\d+$/.test(address)) {
			if (this.state === State.UP) this.addressLost(now);
			this.look = now + ADDRESS_POLL;
		} else if (address !== this.address) {
			this.address = address;
			this.enter(State.UP, Number.POSITIVE_INFINITY);
			this.linked(now);
			const { network } = this;
			this.emit({ state: "up", address, ...(network !== undefined && { network }) });
		}
	}

	private addressLost(now: number): void {
		this.enter(State.ADDRESSING, now + this.addressTimeout);
		this.down("ADDRESS_LOST", "the address was taken back");
	}

	private arm(): void {
		if (this.state < State.CONNECTING) this.look = Number.POSITIVE_INFINITY;
		else if (this.look === Number.POSITIVE_INFINITY) this.look = 0;
		this.deadline = Math.min(this.look, this.stateDeadline);
	}
}
