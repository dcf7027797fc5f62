// SPDX-License-Identifier: MIT
export { Clock, type ClockOptions } from "./clock.ts";
export { Ethernet } from "./ethernet.ts";
export type { AccessPoint, AccessPointOptions, NetworkInterface, OpenInterface } from "./interface.ts";
export type { Link } from "./link.ts";
export { Local, type LocalOptions } from "./local.ts";
export type { LinkOptions, NetworkErrorCode, NetworkEvent, WifiNetwork, WifiOptions } from "./options.ts";
export { Wifi } from "./wifi.ts";
