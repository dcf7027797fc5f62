// SPDX-License-Identifier: MIT
import { Writer } from "../wire/index.ts";
import type { Capabilities } from "./capabilities.ts";
import { MqttError } from "./mqtt-error.ts";
import type { SubscribeOptions } from "./options.ts";
import {
	PACKET_TOO_LARGE,
	SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
	WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED,
} from "./reason-code.ts";
import { writeSubscribe } from "./subscribe.ts";
import { isShared } from "./topic.ts";
import { V5 } from "./version.ts";

/** What `broker` does not do of a subscription, with the Reason Code that it would have; undefined when it does. */
export function unsupported(
	topicFilter: string,
	options: SubscribeOptions | undefined,
	broker: Capabilities,
): MqttError | undefined {
	const most = broker.maximumPacketSize;
	if (subscribeSizeAtMost(topicFilter, options) > most) {
		const size = subscribeSize(topicFilter, options);
		if (size > most) return refusal(`a SUBSCRIBE of at most ${most} bytes, got ${size}`, PACKET_TOO_LARGE); // [MQTT-3.2.2-15]
	}
	if (isShared(topicFilter)) {
		if (broker.sharedSubscriptionAvailable) return undefined;
		return refusal("no shared subscription", SHARED_SUBSCRIPTIONS_NOT_SUPPORTED);
	}
	const wild = topicFilter.includes("+") || topicFilter.includes("#");
	if (!wild || broker.wildcardSubscriptionAvailable) return undefined;
	return refusal("no wildcard subscription", WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED);

	function refusal(expected: string, reasonCode: number): MqttError {
		const message = `expected what the broker supports, ${expected}: "${topicFilter}"`;
		return new MqttError("SUBSCRIPTION_REFUSED", message, reasonCode);
	}
}

/** The size of a SUBSCRIBE or UNSUBSCRIBE, in bytes, and not more: UTF-8 takes three a character. */
export function subscribeSizeAtMost(topicFilter: string, options: SubscribeOptions | undefined): number {
	let size = 24 + 3 * topicFilter.length;
	for (const [name, value] of options?.userProperty ?? []) size += 5 + 3 * (name.length + value.length);
	return size;
}

/** The size of a SUBSCRIBE of 5.0 with the longest Subscription Identifier, in bytes. */
function subscribeSize(topicFilter: string, options: SubscribeOptions | undefined): number {
	const writer = new Writer().over(new Uint8Array(subscribeSizeAtMost(topicFilter, options)));
	const userProperty = options?.userProperty;
	const properties = { subscriptionIdentifier: [0xfffffff], ...(userProperty && { userProperty }) };
	const subscriptions = [{ topicFilter, qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }];
	writeSubscribe(writer, { packetIdentifier: 1, subscriptions, properties }, V5);
	return writer.at;
}
