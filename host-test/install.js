// SPDX-License-Identifier: MIT
// Installs what the tests need and npm install does not bring: real peers (Debian packages) and the XS engine (built from C).
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Debian keeps daemons in /usr/sbin, which is not on everybody's PATH. */
const folders = [...process.env.PATH.split(delimiter), "/usr/sbin", "/usr/local/sbin"];
const has = (...programs) => programs.some((name) => folders.some((folder) => existsSync(join(folder, name))));
const succeeds = (program, ...parameters) => spawnSync(program, parameters, { stdio: "ignore" }).status === 0;
const compiles = (...flags) =>
	spawnSync("cc", [...flags, "-E", "-x", "c", "-"], { input: "#include <stdlib.h>\n" }).status === 0;
/** Where Debian's compiler makes programs with pointers of 32 bits, as an ESP32 has. */
const narrow = process.platform === "linux" && process.arch === "x64";

/** Each package and whether what it is for is there, whoever installed it. */
const packages = {
	mosquitto: () => has("mosquitto"),
	"mosquitto-clients": () => has("mosquitto_sub") && has("mosquitto_pub"),
	"libcoap3-bin": () => has("coap-client", "coap-client-notls", "coap-client-openssl", "coap-client-gnutls"),
	openssl: () => has("openssl"),
	gcc: () => has("cc"),
	"libc6-dev": () => compiles(),
	...(narrow && { "gcc-multilib": () => compiles("-m32") }),
	make: () => has("make"),
};

installPackages(Object.keys(packages).filter((name) => !packages[name]()));
installEngine(fileURLToPath(new URL("xs/", import.meta.url)));
if (narrow) installNarrowEngine(fileURLToPath(new URL("xs/", import.meta.url)));

function installPackages(missing) {
	if (missing.length === 0) return;
	const install = ["apt-get", "install", "--yes", "--no-install-recommends", ...missing];
	const root = process.getuid?.() === 0;
	if (!has("apt-get") || !(root || succeeds("sudo", "-n", "true"))) {
		fail(`The tests need ${missing.join(", ")}. On Debian:`, `sudo apt-get update && sudo ${install.join(" ")}`);
	}
	console.log(`installing ${missing.join(", ")}`);
	const as = root ? [] : ["sudo", "-n"];
	const apt = [...as, "env", "DEBIAN_FRONTEND=noninteractive"];
	// Lists of packages may be missing or old; most often they are neither.
	if (!succeeds(...apt, ...install)) {
		run([...apt, "apt-get", "update"]);
		run([...apt, ...install]);
	}
	// Debian starts the broker that it installs; the tests start their own.
	if (missing.includes("mosquitto")) {
		const systemd = existsSync("/run/systemd/system");
		succeeds(...as, ...(systemd ? ["systemctl", "disable", "--now", "mosquitto"] : ["service", "mosquitto", "stop"]));
	}
}

function installEngine(folder) {
	const read = (path) => JSON.parse(readFileSync(join(folder, path), "utf8"));
	const engine = join(folder, "node_modules/@agoric/xsnap");
	const system = process.platform === "darwin" ? "mac" : "lin";
	const wanted = read("package.json").dependencies["@agoric/xsnap"];
	const built = existsSync(join(engine, `xsnap-native/xsnap/build/bin/${system}/release/xsnap-worker`));
	if (built && read("node_modules/@agoric/xsnap/package.json").version === wanted) return;
	console.log("building the XS engine, which takes about a minute");
	// Its install script is what npm 11 and later want to be allowed; run here, it needs no allowance from any npm.
	run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
	run([process.execPath, "src/build.js"], {
		cwd: engine,
		env: { ...process.env, MAKEFLAGS: `-j${availableParallelism()}` },
	});
}

/** The same engine once more, which measures memory: what a slot takes depends on the size of a pointer. */
function installNarrowEngine(folder) {
	const engine = join(folder, "node_modules/@agoric/xsnap");
	const build = join(engine, "xsnap-native/xsnap/build-32");
	if (existsSync(join(build, "bin/lin/release/xsnap-worker"))) return;
	console.log("building the XS engine for 32 bits, which takes about a minute");
	const variables = {
		GOAL: "release",
		MODDABLE: join(engine, "moddable"),
		XSNAP_VERSION: "32",
		BUILD_DIR: build,
		CC: 'cc -m32 "-D__has_builtin(x)=1"',
		LINK_OPTIONS: `-Wl,--wrap=fxGetCurrentHeapCount $(C_OPTIONS) ${join(folder, "heap.c")}`,
	};
	const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
	run(["make", `-j${availableParallelism()}`, "-f", "xsnap-worker.mk", ...settings], {
		cwd: join(engine, "xsnap-native/xsnap/makefiles/lin"),
	});
}

/** Runs a command, and shows what it said only when it fails, which ends everything. */
function run([program, ...parameters], options) {
	const { status, error, stdout, stderr } = spawnSync(program, parameters, {
		encoding: "utf8",
		maxBuffer: Infinity,
		...options,
	});
	if (status === 0) return;
	fail(`${stdout ?? ""}${stderr ?? ""}${error ?? ""}\nThis failed:`, [program, ...parameters].join(" "));
}

function fail(...lines) {
	console.error(lines.join("\n"));
	process.exit(1);
}
