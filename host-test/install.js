// SPDX-License-Identifier: MIT
// Installs what the tests need and npm install does not bring: real peers (Debian packages) and the XS engine (built from C).
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { has, installPackages, run } from "./debian.js";

const compiles = (...flags) =>
	spawnSync("cc", [...flags, "-E", "-x", "c", "-"], { input: "#include <stdlib.h>\n" }).status === 0;
/** Where Debian's compiler makes programs with pointers of 32 bits, as an ESP32 has. */
const narrow = process.platform === "linux" && process.arch === "x64";

/** Each package and whether what it is for is there, whoever installed it. */
const packages = {
	mosquitto: () => has("mosquitto"),
	"mosquitto-clients": () => has("mosquitto_sub") && has("mosquitto_pub"),
	"libcoap3-bin": () => has("coap-client", "coap-client-notls", "coap-client-openssl", "coap-client-gnutls"),
	"avahi-daemon": () => has("avahi-daemon"),
	"avahi-utils": () => has("avahi-browse") && has("avahi-resolve"),
	dbus: () => has("dbus-daemon"),
	openssl: () => has("openssl"),
	gcc: () => has("cc"),
	"libc6-dev": () => compiles(),
	...(narrow && { "gcc-multilib": () => compiles("-m32") }),
	make: () => has("make"),
};

// Debian starts the broker that it installs.
installPackages(packages, ["mosquitto", "avahi-daemon"]);
installEngine(fileURLToPath(new URL("xs/", import.meta.url)));
if (narrow) installNarrowEngine(fileURLToPath(new URL("xs/", import.meta.url)));

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
