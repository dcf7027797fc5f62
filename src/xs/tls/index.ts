// SPDX-License-Identifier: MIT
import TCP from "embedded:io/socket/tcp";
import TLSSocket from "embedded:io/socket/tcp/tls";
import Timer from "timer";
import type { TLSConstructor } from "../../drive/index.ts";
import { guardedTLS } from "./guarded-tls.ts";

/** TLS of the Moddable SDK, for `moddablePlatform`. Apart from it, because it takes much flash: only who imports it has it. */
export const TLS: TLSConstructor = guardedTLS(TLSSocket, TCP, (callback) => Timer.set(callback));
