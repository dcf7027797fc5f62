// SPDX-License-Identifier: MIT

// What the device has beside the language (WHATWG Encoding, as far as XS has it): src is checked without the types of Node and browsers.

declare class TextEncoder {
	encode(text: string): Uint8Array<ArrayBuffer>;
	encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}

declare class TextDecoder {
	constructor(label?: "utf-8", options?: { fatal?: boolean; ignoreBOM?: boolean });
	decode(bytes: ArrayBuffer | Uint8Array): string;
}
