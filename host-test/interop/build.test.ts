// SPDX-License-Identifier: MIT
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";

const CLI = resolve("dist/cli.js");
/** A project with a board of its own, and beside it an SDK whose mcconfig does as it is told. */
const root = mkdtempSync(join(tmpdir(), "katydid-build-"));
const project = join(root, "project");
const sdk = join(root, "sdk");
const calls = join(root, "calls");

/** Notes down how it is called, then does what `FAKE` says. */
const MCCONFIG = `#!/bin/sh
echo "mcconfig $*; UPLOAD_PORT=$UPLOAD_PORT" >> "$CALLS"
eval "$FAKE"
`;

/** What the real one makes without -m, as far as it is used: a makefile that compiles, for a board that the folder is of. */
const MAKES = `
for word in $*; do test "$last" = -o && out=$word; last=$word; done
folder=$out/tmp/esp32/mine/release/mine
mkdir -p $folder/modules
printf '%s/mc.xs.c:\\n\\ttest -f $(@D)/xsProj-esp32/build/config/sdkconfig.h\\n\\techo "# xsc app.xsb"; printf 12345678 > $(@D)/modules/app.xsb\\n\\tmkdir $(@D)/modules/katydid; printf 1234 > $(@D)/modules/katydid/mqtt.xsb\\n\\techo "# xsl modules"\\n' "$folder" > $folder/makefile
git -C $IDF_PATH describe --tags >> "$CALLS"
`;

beforeEach(() => {
	rmSync(root, { recursive: true, force: true });
	cpSync("boards/esp32/board.json", join(project, "boards/mine/board.json"), { recursive: true });
	mkdirSync(join(sdk, "typings"), { recursive: true });
	mkdirSync(join(sdk, "bin"));
	writeFileSync(join(sdk, "typings/package.json"), '{ "version": "8.2.3" }');
	writeFileSync(join(sdk, "bin/mcconfig"), MCCONFIG);
	chmodSync(join(sdk, "bin/mcconfig"), 0o755);
	writeFileSync(calls, "");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs the command line in the project. */
function katydid(parameters: string[], environment: NodeJS.ProcessEnv = {}) {
	const { PATH = "" } = process.env;
	const env = {
		...process.env,
		PATH: `${join(sdk, "bin")}${delimiter}${PATH}`,
		MODDABLE: sdk,
		CALLS: calls,
		FAKE: "",
		UPLOAD_PORT: "",
		...environment,
	};
	const { status, stdout, stderr } = spawnSync("node", [CLI, ...parameters], { cwd: project, env, encoding: "utf8" });
	return { status, stdout, stderr };
}

const called = () => readFileSync(calls, "utf8").trim().split("\n");
const OUTPUT = join(project, "build/mine");
const REST = `-p esp32:./boards/mine -o ${OUTPUT} ${OUTPUT}/manifest.json`;

test("build calls mcconfig for the board, and says where the firmware is", () => {
	expect(katydid(["build", "mine"])).toEqual({
		status: 0,
		stdout: "mine is built, in build/mine/bin/esp32/mine\n",
		stderr: "",
	});
	expect(called()).toEqual([`mcconfig -i -m -t build ${REST}; UPLOAD_PORT=`]);
	for (const file of ["manifest.json", "board.js", "host/provider.js"])
		expect(existsSync(join(project, "boards/mine", file))).toBe(true);
	const manifest = JSON.parse(readFileSync(join(OUTPUT, "manifest.json"), "utf8"));
	expect(manifest.modules.app).toBe(resolve("dist/main"));
	expect(manifest.include[0]).toBe(resolve("manifest_katydid.json"));
	const modules = JSON.parse(readFileSync(join(project, "boards/mine/manifest.json"), "utf8")).modules;
	expect(resolve(project, "boards/mine", modules["katydid/parts/lm75"])).toBe(resolve("dist/parts/lm75"));
});

test("flash builds, then deploys, through the port that is asked for", () => {
	const { status, stdout } = katydid(["flash", "mine", "--port", calls, "--app", "light"]);
	expect([status, stdout]).toEqual([0, "mine is flashed: katydid monitor shows what it says\n"]);
	expect(called()).toEqual([
		`mcconfig -i -m -t build ${REST}; UPLOAD_PORT=${calls}`,
		`mcconfig -i -m -t deploy ${REST}; UPLOAD_PORT=${calls}`,
	]);
	expect(JSON.parse(readFileSync(join(OUTPUT, "manifest.json"), "utf8")).modules.app).toBe(resolve("dist/apps/light"));
});

test("flash honours UPLOAD_PORT, and gives the app its network and broker", () => {
	const flags = ["flash", "mine", "--wifi", "my network", "--broker", "mqtt://192.168.1.10"];
	expect(katydid(flags, { UPLOAD_PORT: calls }).status).toBe(0);
	expect(called()[1]).toBe(`mcconfig -i -m -t deploy ${REST}; UPLOAD_PORT=${calls}`);
	expect(JSON.parse(readFileSync(join(OUTPUT, "manifest.json"), "utf8")).config.katydid).toMatchObject({
		broker: "mqtt://192.168.1.10",
		wifi: [{ ssid: "my network" }],
	});
});

test("flash goes to no other port than the one that is asked for", () => {
	for (const run of [
		katydid(["flash", "mine", "--port", "/dev/none"]),
		katydid(["flash", "mine"], { UPLOAD_PORT: "/dev/none" }),
	])
		expect(run).toMatchObject({
			status: 1,
			stderr: "katydid: there is no port /dev/none: plug the board in; katydid doctor lists the ports\n",
		});
	expect(called()).toEqual([""]);
});

test("link compiles and links without ESP-IDF, and prints what each module takes", () => {
	const { status, stdout, stderr } = katydid(["build", "mine", "--link"], { FAKE: MAKES, IDF_PATH: "" });
	expect({ status, stdout, stderr }).toEqual({
		status: 0,
		stdout: " 8  app\n 4  katydid/mqtt\n12  2 modules, bytes of bytecode\n",
		stderr: "mine: compiling modules\nmine: linking modules\n",
	});
	expect(called()).toEqual([`mcconfig ${REST}; UPLOAD_PORT=`, "v6.0"]);
	expect(katydid(["build", "mine", "--link"], { FAKE: MAKES }).status).toBe(0);
});

test("progress is told once a phase, elsewhere than on a terminal", () => {
	const FAKE = 'echo "# xsc a.xsb"; echo "# xsc b.xsb"; echo "# cc c.o"; echo "[1/2] Building"; echo "[2/2] Linking"';
	expect(katydid(["build", "mine"], { FAKE }).stderr).toBe(
		"mine: compiling modules\nmine: compiling the engine\nmine: building ESP-IDF\n",
	);
});

test("what a tool means when it fails is one sentence, and all that it printed is kept", () => {
	const { status, stderr } = katydid(["flash", "mine"], {
		FAKE: `echo "a fatal error occurred: could not open port '/dev/ttyUSB7': [Errno 2] No such file" >&2; exit 1`,
	});
	expect([status, stderr]).toEqual([
		1,
		"katydid: there is no port /dev/ttyUSB7: plug the board in; katydid doctor lists the ports\n(all that was printed is in build/mine/mcconfig.log)\n",
	]);
	expect(readFileSync(join(OUTPUT, "mcconfig.log"), "utf8")).toMatch(/fatal error/);
	expect(called()).toHaveLength(1);
});

test("what nobody knows is shown as it was printed, the end of it", () => {
	const { status, stderr } = katydid(["build", "mine"], { FAKE: "seq 1 9; exit 3" });
	expect([status, stderr]).toEqual([
		1,
		"katydid: 5\n6\n7\n8\n9\n(all that was printed is in build/mine/mcconfig.log)\n",
	]);
});

test("no tool is called for a board with mistakes, without what the app needs, or that is not there", () => {
	const file = join(project, "boards/mine/board.json");
	const board = JSON.parse(readFileSync(file, "utf8"));
	writeFileSync(file, JSON.stringify({ ...board, led: { pin: 6 } }, undefined, "\t"));
	expect(katydid(["build", "mine"])).toMatchObject({
		status: 2,
		stderr: expect.stringMatching(
			/^katydid: boards\/mine\/board\.json:\d+:10: error: led is on GPIO 6, which the flash is/,
		),
	});
	writeFileSync(file, JSON.stringify({ ...board, relay: { pin: 15 } }, undefined, "\t"));
	expect(katydid(["build", "mine"])).toMatchObject({
		status: 0,
		stderr: expect.stringMatching(
			/^boards\/mine\/board\.json:\d+:10: warning: relay is on GPIO 15, which the ESP32 reads at/,
		),
	});
	writeFileSync(calls, "");
	writeFileSync(file, JSON.stringify({ ...board, button: undefined }, undefined, "\t"));
	expect(katydid(["build", "mine"])).toMatchObject({
		status: 2,
		stderr: expect.stringMatching(
			/needs button, which the board mine has not: .*these have all that it needs: esp32, .*sim/,
		),
	});
	expect(katydid(["build", "toaster"])).toMatchObject({ status: 2, stderr: expect.stringMatching(/got "toaster"/) });
	expect(katydid(["build", "sim"])).toMatchObject({ status: 2, stderr: expect.stringMatching(/sim is virtual/) });
	expect(katydid(["build", "mine", "--app", "x"])).toMatchObject({
		status: 2,
		stderr: expect.stringMatching(/--app: expected main/),
	});
	expect(katydid(["flash", "mine", "--broker", "x"])).toMatchObject({
		status: 2,
		stderr: expect.stringMatching(/broker: expected mqtt:/),
	});
	expect(called()).toEqual([""]);
});

test("without the SDK, build says how to get it", () => {
	expect(katydid(["build", "mine"], { MODDABLE: "" })).toMatchObject({
		status: 1,
		stderr: expect.stringMatching(/^katydid: MODDABLE is not set: xs-dev setup/),
	});
});

test("doctor says a line for each thing, and ends with code 1 when one is missing", () => {
	const idf = join(root, "idf");
	mkdirSync(idf);
	writeFileSync(join(idf, "version.txt"), "v6.0\n");
	writeFileSync(join(idf, "export.sh"), "");
	const { status, stdout } = katydid(["doctor"], { IDF_PATH: idf, UPLOAD_PORT: calls });
	expect(stdout.split("\n").slice(0, 5)).toEqual([
		`ok       Node: ${process.versions.node}`,
		expect.stringMatching(/^ok {7}TypeScript: 6\.0\./),
		`ok       Moddable SDK: 8.2.3 in ${sdk}`,
		`ok       ESP-IDF: v6.0 in ${idf}`,
		`ok       serial port: ${calls}, by UPLOAD_PORT`,
	]);
	expect(status).toBe(0);
	const missing = katydid(["doctor"], { IDF_PATH: "", UPLOAD_PORT: "" });
	expect(missing.stdout).toMatch(/^missing {2}ESP-IDF: IDF_PATH is not set: xs-dev setup --device esp32/m);
	expect(missing.status).toBe(1);
});

test("monitor prints what comes, until there is no more", () => {
	writeFileSync(join(root, "port"), '{"type":"connected"}\nlast');
	expect(katydid(["monitor", "--port", join(root, "port")])).toEqual({
		status: 0,
		stdout: '{"type":"connected"}\nlast\n',
		stderr: "",
	});
	expect(katydid(["monitor", "--port", join(root, "none")])).toMatchObject({
		status: 1,
		stderr: expect.stringMatching(/there is no port .*: plug the board in; katydid doctor lists the ports/),
	});
});

test("a board that is copied, renamed and changed passes the doctor, and runs in the simulation as itself", async () => {
	expect(katydid(["board", "new", "porch", "--from", "esp32c6"])).toMatchObject({
		status: 0,
		stdout: "boards/porch/board.json is made: change it, then katydid board check porch\n",
	});
	const file = join(project, "boards/porch/board.json");
	const text = readFileSync(file, "utf8");
	expect(text).toMatch(/"title": "Espressif ESP32-C6-DevKitC-1, as porch"/);
	expect(existsSync(resolve(project, "boards/porch", JSON.parse(text).$schema))).toBe(true);
	writeFileSync(file, text.replace('"sensor": "bme280", "address": "0x76"', '"sensor": "sht3x"'));
	const check = katydid(["board", "check", "porch"]);
	expect(check.status).toBe(0);
	expect(check.stdout).toMatch(/^ {2}0x44 +Sensirion SHT30, SHT31 or SHT35: thermometer, hygrometer/m);
	expect(katydid(["build", "porch"]).status).toBe(0);
	for (const [flags, message] of [
		[["porch", "--from", "esp32"], /there is a board porch already/],
		[["Porch", "--from", "esp32"], /expected a name of lower-case letters, digits, _ and -/],
		[["shed", "--from", "sim"], /--from: sim has no pins to change/],
		[["shed", "--from", "toaster"], /--from: expected esp32, .*got "toaster"/],
	] as const)
		expect(katydid(["board", "new", ...flags])).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
});

test("a board with mistakes keeps no other from being made, nor the simulation from running", () => {
	writeFileSync(join(project, "boards/mine/board.json"), "{}");
	cpSync("boards/m5stack/board.json", join(project, "boards/other/board.json"));
	expect(katydid(["board", "make"])).toEqual({
		status: 0,
		stdout: "",
		stderr: "mine has mistakes, and is not made: katydid board check mine\n",
	});
	expect(existsSync(join(project, "boards/other/host/provider.js"))).toBe(true);
	expect(existsSync(join(project, "boards/mine/board.js"))).toBe(false);
	expect(katydid(["board", "make", "mine"]).status).toBe(2);
});

test("board check looks at all boards, and ends with code 1 when one has a mistake", () => {
	expect(katydid(["board", "check"])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^mine: Espressif/m) });
	writeFileSync(join(project, "boards/mine/board.json"), "{}");
	const { status, stdout } = katydid(["board", "check"]);
	expect(status).toBe(1);
	expect(stdout).toMatch(/^boards\/mine\/board\.json:1:1: error: "title" is missing: add it$/m);
	expect(katydid(["board", "check", "mine"]).status).toBe(1);
});
