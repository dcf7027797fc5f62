// SPDX-License-Identifier: MIT
import Decoder from "text/decoder";
import Encoder from "text/encoder";

// XS has no globals for text, the SDK has modules. This runs when the module is preloaded, before anything can use them.
Object.assign(globalThis, { TextDecoder: Decoder, TextEncoder: Encoder });
