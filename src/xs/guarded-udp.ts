// SPDX-License-Identifier: MIT
import type { UDPConstructor } from "../drive/index.ts";

/**
 * The UDP of somebody who throws when he is sent nonsense, as the DNS-SD of Moddable 8.2 does: escaping, it would reboot the device at the will of
 * whoever sends that. A datagram that he throws on is lost, the next one is not.
 */
export function guardedUDP(UDP: UDPConstructor): UDPConstructor {
	return class extends UDP {
		constructor(options: ConstructorParameters<UDPConstructor>[0]) {
			super({
				...options,
				onReadable(count) {
					for (; count > 0; count--) {
						try {
							options.onReadable?.call(this, 1);
						} catch {
							// Whoever sent it need not be told.
						}
					}
				},
			});
		}
	};
}
