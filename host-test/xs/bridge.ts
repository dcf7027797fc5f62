// SPDX-License-Identifier: MIT
// What bridge.node.test.ts runs on XS.
import { expose, log, platform } from "./platform.ts";

const say = (what: string, bytes: ArrayBuffer | undefined) =>
	log(`${what} ${bytes && new TextDecoder().decode(new Uint8Array(bytes))}`);

expose("talk", (port: number) => {
	let said = false;
	const socket = new platform.TCP({
		address: "127.0.0.1",
		port,
		onWritable(count) {
			if (said) return;
			said = true;
			log(`writable ${count} ${this === socket} ${socket.remotePort === port}`);
			try {
				socket.write(new Uint8Array(count + 1));
			} catch (error) {
				log(String(error));
			}
			log(`left ${socket.write(new TextEncoder().encode("hello").subarray(1))}`);
		},
		onReadable(count) {
			const two = new Uint8Array(4).subarray(1, 3);
			log(`readable ${count}: ${socket.read(two)} <${two}>`);
			say("rest", socket.read(1));
			say("all", socket.read());
			say("none", socket.read());
		},
		onError(error) {
			log(`lost ${error?.message}`);
			socket.close();
		},
	});
});

expose("listen", (port: number) => {
	const socket = new platform.UDP({
		port,
		onReadable() {
			const datagram = socket.read()!;
			say(`from ${datagram.address}`, datagram);
			socket.write(datagram, datagram.address, datagram.port);
			socket.close();
		},
	});
});

expose("wait", (delay: number) => {
	const start = platform.now();
	const cancelled = platform.setTimer(() => log("never"), delay);
	platform.setTimer(() => log(`waited ${platform.now() - start >= delay - 1}`), delay);
	platform.clearTimer(cancelled);
});

expose("resolve", (host: string) => {
	platform.resolve(host, (address) => log(`resolved ${address}`));
	log("resolving");
});

expose("random", () => platform.random());
expose("fail", () => {
	throw new RangeError("too far");
});
