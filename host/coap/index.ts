// SPDX-License-Identifier: MIT
export { CoapClient } from "./client.ts";
export type { Method } from "./code.ts";
export type { CoapLink } from "./discovery.ts";
export { CoapError, type CoapErrorCode } from "./error.ts";
export type { Format as FormatName } from "./formats.ts";
export type { CoapObservation } from "./observation.ts";
export type { CoapClientOptions, CoapObserveOptions, CoapRequestOptions } from "./options.ts";
export type { CoapResponse } from "./response.ts";
export { CoapServer, type CoapServerOptions } from "./server.ts";
