// SPDX-License-Identifier: MIT
import "./globals.ts";

export { moddablePlatform } from "./platform.ts";
