// SPDX-License-Identifier: MIT

/** What a tool printed, and what to make of it. */
type Case = [pattern: RegExp, sentence: (match: RegExpExecArray) => string];

const CASES: readonly Case[] = [
	[/MODDABLE: variable not found/, () => "MODDABLE is not set: katydid doctor says what to do"],
	[/\$IDF_PATH not set/, () => "ESP-IDF is not set up: xs-dev setup --device esp32, then open a new terminal"],
	[
		/Expected ESP IDF (\S+), found (\S+)/,
		([, expected, found]) =>
			`the Moddable SDK needs ESP-IDF ${expected}, IDF_PATH has ${found}: git -C $IDF_PATH checkout ${expected}, then install it again`,
	],
	[/idf\.py: (?:command )?not found/, () => "idf.py is not there: run $IDF_PATH/install.sh, then $IDF_PATH/export.sh"],
	[
		/Failed to find a suitable device/,
		() => "no board answers: plug it in, or say which port with --port; katydid doctor lists them",
	],
	[
		/[Pp]ermission denied: '?(\/dev\/\S+?)'?(?:$|[\s)])|could not open port '?(\S+?)'?: \[Errno 13\]/m,
		([, one, other]) => `${one ?? other} may not be opened: sudo usermod -aG dialout $USER, then log in again`,
	],
	[
		/could not open port '?(\S+?)'?: \[Errno 2\]/,
		([, port]) => `there is no port ${port}: plug the board in; katydid doctor lists the ports`,
	],
	[
		/port is busy|[Rr]esource busy|multiple access on port|\[Errno 16\]/,
		() => "another program has the port: close it (a monitor, xsbug) and try again",
	],
	[
		/This chip is (ESP32[\w-]*),? not (ESP32[\w-]*)/i,
		([, found, expected]) =>
			`the board that is plugged in has an ${found}, this one is for an ${expected}: choose another board`,
	],
	[
		/Failed to connect to ESP32|Wrong boot mode detected|No serial data received/,
		() => "the board does not listen: hold its BOOT button, press RESET, let go, and try again; or use another cable",
	],
	[
		/app partition is too small|(?:factory|ota_0) partition.*too small/i,
		() => 'the program does not fit: give board.json the right "flash", or leave parts out',
	],
	[
		/region [`'](\w+)' overflowed by (\d+) bytes/,
		([, region, bytes]) =>
			`the program does not fit: ${bytes} bytes too many in ${region}; leave parts out, or choose a smaller "memory"`,
	],
	[
		/module "(.+?)" not found/,
		([, module]) =>
			`there is no module "${module}": npm run build makes Katydid's; the SDK's are in a manifest to include`,
	],
	[
		/(\S+)\/export\.sh: No such file/,
		([, folder]) => `there is no ESP-IDF in ${folder}, which is IDF_PATH: xs-dev setup --device esp32`,
	],
	[/^(?:### )?(.+?):(\d+): error: (.+)$/m, ([, file, line, message]) => `${file}:${line}: ${message}`],
	[/^### error: (.+)$/m, ([, message]) => message!],
	[/'?(\S+?)'?: manifest not found/, ([, file]) => `there is no ${file}: npm run build makes what is missing`],
	[/^# exception:? (?:Error: )?(.+)$/m, ([, message]) => message!],
	[/ESP-IDF Build Failed/, () => "ESP-IDF could not build it"],
];

/** What a tool meant that printed this and failed; undefined when it is anyone's guess. */
export function explain(output: string): string | undefined {
	for (const [pattern, sentence] of CASES) {
		const match = pattern.exec(output);
		if (match) return sentence(match);
	}
	return undefined;
}
