// SPDX-License-Identifier: MIT
export { Boots, type ResetReason } from "./boots.ts";
export { type Chip, type Device, type DeviceEvent, type DeviceParts, startDevice, type Way } from "./device.ts";
export { addHealth, type Vitals } from "./health.ts";
export type { Notebook } from "./notebook.ts";
export { DOMAIN, NAME, readProvisioned, withProvisioned } from "./provisioned.ts";
