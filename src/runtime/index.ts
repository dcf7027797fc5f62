// SPDX-License-Identifier: MIT
export type { Chip, ResetReason } from "../device.ts";
export { Boots } from "./boots.ts";
export { type Device, type DeviceEvent, type DeviceParts, startDevice, type Way } from "./device.ts";
export { addHealth, type Vitals } from "./health.ts";
export type { Notebook } from "./notebook.ts";
export { DOMAIN, NAME, readProvisioned, withProvisioned } from "./provisioned.ts";
