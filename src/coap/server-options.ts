// SPDX-License-Identifier: MIT
import type { BlockOptions } from "./block-transfers.ts";
import type { PromiseParameters } from "./exchanges.ts";
import type { ObserveParameters } from "./observe.ts";
import { atLeast, type Parameters, parametersOf } from "./parameters.ts";
import type { Directory } from "./registration.ts";

/** What a server is made with. */
export interface ServerOptions extends Partial<Parameters>, BlockOptions {
	/** Numbers in [0, 1). */
	random: () => number;
	/** Told once of everything that a handler throws; the message names the method and the path. */
	onError?: (error: Error) => void;
	/** Within how many milliseconds a multicast request is answered, 5,000 when absent (§8.2). */
	LEISURE?: number;
	/** The first Message ID; random when absent. */
	messageId?: number;
	/** The first Observe number, below 2^24; one that grows over reboots lets clients tell new from old. */
	sequence?: number;
	/** Of how many endpoints requests are remembered, 8 when absent; each takes about 1 kB once used, 3 kB at most. */
	peers?: number;
	/** How many observers there may be in all, 16 when absent. */
	observers?: number;
	/** Every how many notifications to an observer one is a CON, 5 when absent. */
	confirmEvery?: number;
	/** After how many milliseconds a notification is a CON at the latest; 23 hours when absent; RFC 7641 §4.5 allows 24. */
	confirmInterval?: number;
	/** How many answers may be promised and not given at a time, 8 when absent, half of them to one endpoint; then requests are refused. */
	promises?: number;
	/** After how many milliseconds a CON whose answer was promised gets an empty ACK; a quarter of ACK_TIMEOUT when absent. */
	acknowledgeAfter?: number;
	/**
	 * How many times as long as a request its response may be, 3 when absent, for an endpoint that did not show by an Echo option that it is
	 * where it says; Infinity for no limit (RFC 9175 §2.4).
	 */
	amplification?: number;
	/** Whether a longer response is first refused, by a 4.01 with Echo; else it comes in small blocks. False when absent. */
	echoFirst?: boolean;
	/** The resource directory that is asked to read `/.well-known/core`, again and again (RFC 9176 §5.1); none when absent. */
	directory?: Directory;
	/** Whether `/.well-known/core` is served; true when absent. */
	discovery?: boolean;
}

/** What a server goes by. */
export interface ServerParameters extends ObserveParameters, PromiseParameters {
	readonly messageId: number;
	readonly sequence: number;
	readonly peers: number;
	readonly amplification: number;
}

/** The given options, and for the others what they are when absent. Throws RangeError on a number that is out of range. */
export function serverParametersOf(options: ServerOptions): ServerParameters {
	const basic = parametersOf(options);
	const { random, sequence = 0, peers = 8, observers = 16, amplification = 3 } = options;
	const { promises = 8, acknowledgeAfter = basic.ACK_TIMEOUT / 4 } = options;
	const { messageId = Math.floor(random() * 0x10000), confirmEvery = 5, confirmInterval = 82_800_000 } = options;
	atLeast("messageId", messageId, 0);
	atLeast("sequence", sequence, 0);
	atLeast("peers", peers, 1);
	atLeast("observers", observers, 0);
	atLeast("confirmEvery", confirmEvery, 1);
	atLeast("confirmInterval", confirmInterval, 1);
	atLeast("promises", promises, 0);
	if (!(amplification >= 3)) throw new RangeError(`expected amplification from 3 on, got ${amplification}`);
	if (!(acknowledgeAfter >= 0 && acknowledgeAfter < basic.ACK_TIMEOUT))
		throw new RangeError(`expected acknowledgeAfter from 0 ms to below ACK_TIMEOUT, got ${acknowledgeAfter}`);
	return {
		...basic,
		messageId: messageId & 0xffff,
		sequence: sequence & 0xffffff,
		peers,
		observers,
		confirmEvery,
		confirmInterval,
		promises,
		acknowledgeAfter,
		amplification,
	};
}
