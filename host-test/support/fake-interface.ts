// SPDX-License-Identifier: MIT
import type { AccessPointOptions, NetworkInterface, OpenInterface } from "../../src/network/index.ts";
import type { FakePlatform } from "./fake-platform.ts";

/** An access point, and the DHCP server behind it. */
export interface FakeAccessPoint {
	password?: string;
	present: boolean;
	address: string;
	/** Milliseconds until DHCP gives the address; Infinity when it never does. */
	dhcp: number;
	/** Milliseconds until there is an IPv6 address for the link. */
	ipv6: number;
	/** Once it knows a station it ignores it, as new, until it was silent for this long. */
	memory: number;
	/** An address of before, which the interface still has when it is let in. */
	remnant: string | undefined;
	/** It takes the station and says no more. */
	mute: boolean;
	/** When it heard of the station last. */
	heard: number;
}

const ATTEMPT = 2400;
const SCAN = 2000;
const POST = 5;

/**
 * The SDK's Wi-Fi interface on an ESP32, with its ways: events come late, by name of no attempt; an address that is replaced is not told; connecting
 * while connecting, and scanning while connecting, throw.
 */
export class FakeInterface implements NetworkInterface {
	readonly points = new Map<string, FakeAccessPoint>();
	/** What was asked of it, and when. */
	readonly calls: string[] = [];
	hostname: string | undefined;
	RSSI = -60;
	/** What the next call of that name throws. */
	readonly throws: { connect?: Error; scan?: Error; configure?: Error } = {};
	/** Scans begin and never end. */
	deaf = false;
	private platform: FakePlatform;
	private onChanged: () => void = () => {};
	private connecting = false;
	private linkedTo: FakeAccessPoint | undefined;
	private ip = { v4: undefined as string | undefined, told: false, v6: false };
	/** Counts attempts and links, so that what belongs to an earlier one comes to nothing. */
	private era = 0;

	constructor(platform: FakePlatform) {
		this.platform = platform;
	}

	readonly open: OpenInterface = (onChanged) => {
		this.onChanged = onChanged;
		return this;
	};

	/** Sets up an access point. */
	point(ssid: string, options: Partial<FakeAccessPoint> = {}): FakeAccessPoint {
		const point = {
			remnant: undefined,
			present: true,
			address: "10.0.0.2",
			dhcp: 300,
			ipv6: 100,
			memory: 0,
			mute: false,
			...options,
		};
		const known = { ...point, heard: Number.NEGATIVE_INFINITY };
		this.points.set(ssid, known);
		return known;
	}

	get connection(): number {
		if (this.linkedTo) return this.ip.told && this.ip.v6 ? 500 : 400;
		return this.connecting ? 300 : 200;
	}

	get address(): string | undefined {
		return this.ip.v4 ?? (this.ip.v6 ? "fe80::1" : undefined);
	}

	configure({ hostname }: { hostname: string }): void {
		this.check("configure");
		this.hostname = hostname;
	}

	connect(options?: AccessPointOptions): void {
		if (this.connecting) throw new Error("already connecting");
		this.check("connect");
		const { SSID, password } = options!;
		// The SDK would make text of it.
		if ("password" in options! && !password) throw new Error("expected a password");
		this.calls.push(`${Math.round(this.platform.time)} connect ${SSID}`);
		this.connecting = true;
		const era = ++this.era;
		this.platform.setTimer(() => {
			if (era !== this.era) return;
			const point = this.points.get(SSID);
			if (point?.present && point.mute) return;
			if (!point?.present || point.password !== password || this.remembers(point)) this.dropped();
			else this.join(point);
		}, ATTEMPT);
	}

	disconnect(): void {
		const active = this.connecting || this.linkedTo !== undefined;
		if (active) this.calls.push(`${Math.round(this.platform.time)} disconnect`);
		if (this.linkedTo) this.linkedTo.heard = Number.NEGATIVE_INFINITY;
		this.reset();
		// The event comes when another attempt may run: it then ends that one.
		if (active) this.platform.setTimer(() => this.told(), 200);
	}

	scan({ onFound, onComplete }: Parameters<NonNullable<NetworkInterface["scan"]>>[0]): void {
		if (this.connecting) throw new Error("scan failed");
		this.check("scan");
		if (this.deaf) return;
		this.platform.setTimer(() => {
			for (const [SSID, { present }] of this.points) if (present) onFound({ SSID });
			onComplete();
		}, SCAN);
	}

	/** The access point is gone, and says so or not. */
	vanish(ssid: string): void {
		const point = this.points.get(ssid)!;
		point.present = false;
		if (this.linkedTo === point) this.dropped();
	}

	/** The device was reset: the access point still thinks that the station of before is there. */
	remember(ssid: string): void {
		this.points.get(ssid)!.heard = this.platform.time;
	}

	/** The DHCP server gives another address, or none; nobody is told. */
	lease(address: string | undefined): void {
		this.ip.v4 = address;
	}

	private remembers(point: FakeAccessPoint): boolean {
		const silent = this.platform.time - point.heard;
		if (silent >= point.memory) return false;
		point.heard = this.platform.time;
		return true;
	}

	private join(point: FakeAccessPoint): void {
		this.connecting = false;
		this.linkedTo = point;
		this.ip.v4 = point.remnant;
		const era = this.era;
		const later = (delay: number, set: () => void) => {
			if (delay === Infinity) return;
			this.platform.setTimer(() => {
				if (era !== this.era) return;
				set();
				// Only when it has both does it tell.
				if (this.connection === 500) this.post();
			}, delay);
		};
		later(point.dhcp, () => {
			this.ip.v4 = point.address;
			this.ip.told = true;
		});
		later(point.ipv6, () => {
			this.ip.v6 = true;
		});
		this.post();
	}

	private dropped(): void {
		this.reset();
		this.post();
	}

	/** An event about an attempt that is over. */
	private told(): void {
		if (this.connecting || this.linkedTo) this.dropped();
	}

	private reset(): void {
		this.era++;
		this.connecting = false;
		this.linkedTo = undefined;
		this.ip = { v4: undefined, told: false, v6: false };
	}

	private post(): void {
		this.platform.setTimer(() => this.onChanged(), POST);
	}

	private check(name: "connect" | "scan" | "configure"): void {
		const error = this.throws[name];
		delete this.throws[name];
		if (error) throw error;
	}
}
