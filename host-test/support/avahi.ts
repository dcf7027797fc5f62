// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "./processes.ts";

/** Avahi, which is mDNS of somebody else's, on the loopback interface, with a message bus of its own. */
export class Avahi {
	private readonly folder = mkdtempSync(join(tmpdir(), "katydid-avahi-"));
	private readonly bus: Program;
	private daemon: Program | undefined;

	private constructor() {
		const busFile = join(this.folder, "bus.conf");
		writeFileSync(
			busFile,
			`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
	<type>system</type>
	<listen>${this.address}</listen>
	<auth>EXTERNAL</auth>
	<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`,
		);
		writeFileSync(
			join(this.folder, "avahi.conf"),
			"[server]\nallow-interfaces=lo\nuse-ipv6=no\n[publish]\ndisable-publishing=yes\n",
		);
		this.bus = new Program(["dbus-daemon"], [`--config-file=${busFile}`, "--nofork", "--print-address"]);
	}

	static async start(): Promise<Avahi> {
		const avahi = new Avahi();
		await avahi.bus.output.line(/unix:path=/);
		const flags = ["-f", join(avahi.folder, "avahi.conf"), "--no-drop-root", "--no-chroot", "--no-rlimits"];
		avahi.daemon = avahi.run("avahi-daemon", ...flags);
		await avahi.daemon.errors.line(/Server startup complete/);
		return avahi;
	}

	/** Starts one of its programs. */
	run(name: string, ...parameters: string[]): Program {
		return new Program(["env"], [`DBUS_SYSTEM_BUS_ADDRESS=${this.address}`, name, ...parameters]);
	}

	async stop(): Promise<void> {
		await this.daemon?.stop();
		await this.bus.stop();
		rmSync(this.folder, { recursive: true });
	}

	private get address(): string {
		return `unix:path=${join(this.folder, "bus")}`;
	}
}
