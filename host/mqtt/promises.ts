// SPDX-License-Identifier: MIT

/** The two ways in which a promise ends; more calls than one do nothing. */
export interface Settle<Value> {
	resolve(value: Value): void;
	reject(reason: Error): void;
}

/** Promises that are settled at the latest when their owner ends. Nobody needs to handle their rejection. */
export class Promises {
	private readonly unsettled = new Set<(reason: Error) => void>();

	/** A promise that `begin` sees to. What that throws is thrown on: there is no promise then. */
	make<Value>(begin: (settle: Settle<Value>) => void): Promise<Value> {
		let settle: Settle<Value>;
		let giveUp: (reason: Error) => void;
		const promise = new Promise<Value>((resolve, reject) => {
			giveUp = (reason) => {
				this.unsettled.delete(giveUp);
				reject(reason);
			};
			settle = {
				reject: giveUp,
				resolve: (value) => {
					this.unsettled.delete(giveUp);
					resolve(value);
				},
			};
		});
		this.unsettled.add(giveUp!);
		promise.catch(() => {});
		try {
			begin(settle!);
		} catch (thrown) {
			this.unsettled.delete(giveUp!);
			throw thrown;
		}
		return promise;
	}

	/** None of those that are not settled will be. */
	end(reason: Error): void {
		for (const giveUp of [...this.unsettled]) giveUp(reason);
	}
}
