// SPDX-License-Identifier: MIT
import { moddablePlatform } from "katydid/xs";
import { MQTTClient, type MQTTClientOptions } from "katydid-ecma419";

/** ECMA-419's module `embedded:network/mqtt/client` on a device, for which manifest_katydid_mqtt419.json maps this one. */
export default class extends MQTTClient {
	constructor(options: MQTTClientOptions) {
		super(options, moddablePlatform());
	}
}
