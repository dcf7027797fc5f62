// SPDX-License-Identifier: MIT

import getResetReason from "resetReason";
import UDP from "embedded:io/socket/udp";
import DNSSD from "embedded:network/dnssd";
import Instrumentation from "instrumentation";
import Time from "time";
import type { Chip, ResetReason } from "../device.ts";
import { guardedUDP } from "../xs/index.ts";

/** ESP-IDF's esp_reset_reason_t, from 1 on. */
const REASONS: readonly ResetReason[] = [
	"power",
	"pin",
	"software",
	"crash",
	"watchdog",
	"watchdog",
	"watchdog",
	"sleep",
	"brownout",
];

/** An ESP32 of any kind. Its free memory is known only in a firmware with the SDK's instrumentation (`mcconfig -i`). */
export default function esp32(): Chip {
	const memory = Instrumentation.map("System Free Memory");
	return {
		resetReason: REASONS[getResetReason().reason - 1] ?? "other",
		...(memory !== undefined && { freeMemory: () => Instrumentation.get(memory) }),
		restart: () => System.restart(),
		readTime: () => Date.now(),
		setTime: (time) => Time.set(Math.floor(time / 1000)),
		openDNSSD: () => new DNSSD({ socket: { io: guardedUDP(UDP) } }),
	};
}
