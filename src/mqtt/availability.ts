// SPDX-License-Identifier: MIT
import type { Payload } from "../wire/index.ts";
import type { Capabilities } from "./capabilities.ts";
import { checkPayload, checkQoS, checkTopicName } from "./checks.ts";
import type { Events } from "./events.ts";
import { MqttError } from "./mqtt-error.ts";
import type { AvailabilityOptions, PublishOptions, WillOptions } from "./options.ts";
import type { Publisher } from "./publisher.ts";

/** Options with every default filled in. */
type Given = Required<AvailabilityOptions>;

/**
 * Says at one topic whether this client is there: call `begin` after each CONNACK and `end` before a clean stop, then `say` until it
 * returns true. When the client vanishes its Will says the same as `end`.
 */
export class Availability {
	/** What is to be said; undefined when it was. */
	private due: Payload | undefined = undefined;
	private options: PublishOptions = {};
	private readonly given: Given;
	private readonly publisher: Publisher;
	private readonly events: Events;

	constructor(given: Given, publisher: Publisher, events: Events) {
		this.given = given;
		this.publisher = publisher;
		this.events = events;
	}

	/** The client is there, at a broker that may take less than was asked for. */
	begin({ maximumQoS, retainAvailable }: Capabilities): void {
		const { online, qos, retain } = this.given;
		const most = Math.min(qos, maximumQoS) as 0 | 1 | 2;
		this.options = { qos: most, retain: retain && retainAvailable, policy: "latest", queue: true };
		this.due = online;
		this.publisher.out.due = true;
	}

	/** The client will not be there, and says so. */
	end(): void {
		this.due = this.given.offline;
		this.publisher.out.due = true;
	}

	/** Queues what is due behind all other messages; false when there is no room yet. What cannot be sent to this broker is told. */
	say(): boolean {
		const payload = this.due;
		if (payload === undefined) return true;
		try {
			if (!this.publisher.publish(this.given.topicName, payload, this.options, false)) return false;
		} catch (thrown) {
			this.events.error(new MqttError("DROPPED", `the availability was not published: ${thrown}`, undefined, thrown));
		}
		this.due = undefined;
		return true;
	}
}

/** Checks `options` and fills in the defaults. Throws TypeError or RangeError. */
export function availabilityOf(options: AvailabilityOptions): Given {
	const { topicName, online = "online", offline = "offline", qos = 1, retain = true } = options;
	checkTopicName(topicName);
	checkPayload(online);
	checkPayload(offline);
	checkQoS(qos);
	return { topicName, online, offline, qos, retain };
}

/** The Will with the same topic, QoS and retain flag. */
export function availabilityWill({ topicName, offline, qos, retain }: Given): WillOptions {
	return { topicName, payload: offline, qos, retain };
}
