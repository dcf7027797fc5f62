// SPDX-License-Identifier: MIT
// Debian packages that tests need: finds which are missing, and installs them.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Debian keeps daemons in /usr/sbin, which is not on everybody's PATH. */
const folders = [...process.env.PATH.split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** Whether one of these programs is there. */
export const has = (...programs) => programs.some((name) => folders.some((folder) => existsSync(join(folder, name))));

const succeeds = (program, ...parameters) => spawnSync(program, parameters, { stdio: "ignore" }).status === 0;

/**
 * Installs those of `packages`, each with whether what it is for is there, that are missing; `services` are those of them that Debian
 * starts when it installs them, which is undone: the tests start their own.
 */
export function installPackages(packages, services) {
	const missing = Object.keys(packages).filter((name) => !packages[name]());
	if (missing.length === 0) return;
	const install = ["apt-get", "install", "--yes", "--no-install-recommends", ...missing];
	const root = process.getuid?.() === 0;
	if (!has("apt-get") || !(root || succeeds("sudo", "-n", "true"))) {
		fail(`The tests need ${missing.join(", ")}. On Debian:`, `sudo apt-get update && sudo ${install.join(" ")}`);
	}
	console.log(`installing ${missing.join(", ")}`);
	const as = root ? [] : ["sudo", "-n"];
	const apt = [...as, "env", "DEBIAN_FRONTEND=noninteractive"];
	const erlang = has("epmd");
	// Lists of packages may be missing or old; most often they are neither.
	if (!succeeds(...apt, ...install)) {
		run([...apt, "apt-get", "update"]);
		run([...apt, ...install]);
	}
	const systemd = existsSync("/run/systemd/system");
	for (const service of services.filter((name) => missing.includes(name))) {
		succeeds(...as, ...(systemd ? ["systemctl", "disable", "--now", service] : ["service", service, "stop"]));
	}
	// Where Erlang came with them, its port mapper was started too; it stays when a node of somebody else is registered.
	if (!erlang && has("epmd")) succeeds(...as, "epmd", "-kill");
}

/** Runs a command, and shows what it said only when it fails, which ends everything. */
export function run([program, ...parameters], options) {
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
