// SPDX-License-Identifier: MIT

/** Is told what is going on, and with nothing at the end. */
export type Progress = (phase?: string) => void;

const PHASES: readonly [RegExp, (match: RegExpExecArray) => string][] = [
	[/^# xsc /, () => "compiling modules"],
	[/^# xsl /, () => "linking modules"],
	[/^# cc /, () => "compiling the engine"],
	[/Configure dependencies|Reconfiguring ESP-IDF/, () => "setting ESP-IDF up"],
	[/^\[(\d+)\/(\d+)\] /, ([, done, all]) => `building ESP-IDF ${Math.floor((100 * Number(done)) / Number(all))} %`],
	[/^Connecting\.*/, () => "connecting with the board"],
	[/\(\s*(\d+) %\)|^Writing at 0x[\da-f]+.*?(\d+)(?:\.\d)?%/, ([, one, other]) => `flashing ${one ?? other} %`],
	[/^Hash of data verified|^Verifying/, () => "verifying"],
];

/** What a line of the tools says about where they are; undefined when nothing. */
export function phaseOf(line: string): string | undefined {
	for (const [pattern, phase] of PHASES) {
		const match = pattern.exec(line);
		if (match) return phase(match);
	}
	return undefined;
}

/** Shows phases on a stream: on a terminal in one line, elsewhere each once, without its percentages. */
export function showProgress(stream: NodeJS.WriteStream, name: string): Progress {
	let shown = "";
	return (phase) => {
		if (stream.isTTY) {
			if (phase === undefined) return;
			stream.write(`\r\x1b[K${name}: ${phase}`);
			return;
		}
		const what = phase?.replace(/ \d+ %$/, "");
		if (what === undefined || what === shown) return;
		shown = what;
		stream.write(`${name}: ${what}\n`);
	};
}

/** Clears the line that progress was shown in. */
export function endProgress(stream: NodeJS.WriteStream): void {
	if (stream.isTTY) stream.write("\r\x1b[K");
}
