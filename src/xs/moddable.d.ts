// SPDX-License-Identifier: MIT
/// <reference types="@moddable/typings/preference" />
/// <reference types="@moddable/typings/time" />
/// <reference types="@moddable/typings/timer" />

// What this project uses of the Moddable SDK 8.2 and its published types lack, or have wrong.

declare function trace(text: string): void;

/** Made by the SDK's modules/io. */
declare const System: {
	/** Finds an IPv4 address, of a literal too; undefined when there is none. Calls back from a turn of its own. */
	resolve(name: string, callback: (name: string, address: string | undefined) => void): void;
	/** Of the chip; not under Linux. */
	restart(): void;
};

/** Makes the thing of an application: dist/main.js, or one of dist/apps. The board has what it needs: the build has looked. */
declare module "app" {
	const makeApp: (
		board: import("../board.ts").BoardWith<readonly import("../board.ts").Need[]>,
	) => import("../thing/index.ts").Thing;
	export default makeApp;
}

/** Makes the board that was built for. */
declare module "board" {
	const makeBoard: (
		platform: import("../device.ts").Clock & { random(): number },
	) => import("../board.ts").BoardWith<readonly import("../board.ts").Need[]>;
	export default makeBoard;
}

/** The board's way into the network; none where that is somebody else's, as under Linux. */
declare module "katydid/interface" {
	const way: { readonly wired: boolean; readonly open: import("../network/index.ts").OpenInterface } | undefined;
	export default way;
}

/** `config` of the manifest, frozen; what `mcconfig` was given as `name=value` is a string. */
declare module "mc/config" {
	const config: Readonly<Record<string, unknown>>;
	export default config;
}

/** The chip that was built for: src/chip. */
declare module "katydid/chip" {
	const makeChip: () => import("../device.ts").Chip;
	export default makeChip;
}

/** The SDK's build/devices/esp32/modules/resetReason. */
declare module "resetReason" {
	export default function getResetReason(): { reason: number; string: string };
}

/** The SDK's modules/base/instrumentation; without instrumentation in the firmware everything is undefined. */
declare module "instrumentation" {
	const Instrumentation: { map(name: string): number | undefined; get(index: number): number };
	export default Instrumentation;
}

declare module "text/decoder" {
	const Decoder: typeof TextDecoder;
	export default Decoder;
}

declare module "text/encoder" {
	const Encoder: typeof TextEncoder;
	export default Encoder;
}

declare module "embedded:io/socket/tcp" {
	const TCP: import("../drive/index.ts").TCPConstructor;
	export default TCP;
}

/** The SDK's examples/io/tcp/tlssocket, which manifest_tls.json includes. */
declare module "embedded:io/socket/tcp/tls" {
	const TLSSocket: import("./tls/guarded-tls.ts").TLSSocketConstructor;
	export default TLSSocket;
}

/** The SDK's modules/io/dnssd; there is one socket for all that are open. */
declare module "embedded:network/dnssd" {
	const DNSSD: new (options: {
		socket: { io: import("../drive/index.ts").UDPConstructor };
	}) => import("../device.ts").DNSSD;
	export default DNSSD;
}

declare module "embedded:io/socket/udp" {
	const UDP: import("../drive/index.ts").UDPConstructor;
	export default UDP;
}
