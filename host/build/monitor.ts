// SPDX-License-Identifier: MIT
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { BuildFailure } from "./failure.ts";
import { serialPorts } from "./sdk.ts";

/** What the SDK's instrumented builds print at (its sdkconfig keeps the default of ESP-IDF). */
const BAUD = 115_200;

/** Prints what a board says, until it is unplugged or `signal` says so. Throws BuildFailure when there is no port, or it may not be opened. */
export async function monitor(
	asked: string | undefined,
	print: (line: string) => void,
	signal: AbortSignal,
): Promise<void> {
	const port = choosePort(asked);
	configure(port);
	const stream = createReadStream(port, { signal });
	const lines = createInterface({ input: stream });
	lines.on("line", print);
	await new Promise<void>((resolve, reject) => {
		stream.on("error", (error: NodeJS.ErrnoException) => {
			if (error.name === "AbortError") resolve();
			else reject(new BuildFailure(meaning(port, error)));
		});
		lines.on("close", resolve);
	});
}

/** The port that is asked for, or UPLOAD_PORT, or the only one that there is. */
export function choosePort(asked: string | undefined, ports = serialPorts()): string {
	const port = asked ?? (process.env.UPLOAD_PORT || undefined);
	if (port !== undefined) {
		if (existsSync(port)) return port;
		throw new BuildFailure(`there is no port ${port}: plug the board in; katydid doctor lists the ports`);
	}
	if (ports.length === 1) return ports[0]!;
	if (ports.length === 0) throw new BuildFailure("no board is plugged in, or its cable carries no data");
	throw new BuildFailure(`there are ${ports.join(" and ")}: say which with --port`);
}

/** Sets the port to bytes as they come. What is no terminal, such as a pipe, has no speed. */
function configure(port: string): void {
	if (!/^\/dev\/(tty|cu\.)/.test(port)) return;
	const flag = process.platform === "darwin" ? "-f" : "-F";
	try {
		execFileSync("stty", [flag, port, String(BAUD), "raw", "-echo"], { stdio: ["ignore", "ignore", "pipe"] });
	} catch (error) {
		throw new BuildFailure(meaning(port, error as Error));
	}
}

/** What the system meant when the port could not be read. */
export function meaning(port: string, { message }: Error): string {
	if (/EACCES|[Pp]ermission denied/.test(message))
		return `${port} may not be opened: sudo usermod -aG dialout $USER, then log in again`;
	if (/EBUSY|busy/.test(message)) return `another program has ${port}: close it and try again`;
	return `${port}: ${message.trim()}`;
}
