// SPDX-License-Identifier: MIT
import "./globals.ts";

export { guardedUDP } from "./guarded-udp.ts";
export { moddablePlatform } from "./platform.ts";
export { type Preference, PreferenceStore, type PreferenceStoreOptions } from "./preference-store.ts";
