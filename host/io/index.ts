// SPDX-License-Identifier: MIT
export { Listener } from "./listener.ts";
export { freePort, portTaken, type Transport } from "./port.ts";
export { TCP } from "./tcp.ts";
export { TLS } from "./tls.ts";
export { UDP } from "./udp.ts";
