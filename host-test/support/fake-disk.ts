// SPDX-License-Identifier: MIT
import type { Files } from "../../host/store/files.ts";

/** What every call throws from the moment on when the power is cut, or the process killed. */
export class PowerCut extends Error {
	override name = "PowerCut";
}

/** A file: what programs see of it, and what the disk has. */
class Inode {
	seen = new Uint8Array(0);
	kept = new Uint8Array(0);
	/** What was seen before something was cut off, and may still reach the disk. */
	passed: Uint8Array[] = [];
}

type Names = Map<string, Inode>;

const failure = (code: string, path = "") => Object.assign(new Error(`${code}: ${path}`), { code });

/**
 * A disk whose power can be cut at each byte that is written and at each other change. What was not flushed then is there, or not, or in
 * blocks; names that were not flushed are there up to some change.
 */
export class FakeDisk implements Files {
	owner = "1";
	dead = false;
	/** Steps taken: bytes written, and other changes. */
	steps = 0;
	/** After how many steps the power is cut. */
	cutAt = Number.POSITIVE_INFINITY;
	/** Bytes that there is room for. */
	room = Number.POSITIVE_INFINITY;
	/** Whether a write may take fewer bytes than it is given. */
	short = false;
	/** Called with each call's name; what it returns, the call throws. */
	fault: (call: string) => string | undefined = () => undefined;
	/** How often a file took another's place. */
	renames = 0;
	private names: Names = new Map();
	private kept: Names = new Map();
	/** What the names were after each change that was not flushed. */
	private passed: Names[] = [];
	private opened: (Inode | undefined)[] = [];
	private readonly random: () => number;

	constructor(random: () => number) {
		this.random = random;
	}

	runs(owner: string): boolean {
		return owner === this.owner;
	}

	/** The process ends without a word, perhaps where the power would have been cut; the machine goes on. */
	kill(): void {
		this.owner = `${Number(this.owner) + 1}`;
		this.opened = [];
		this.dead = false;
		this.cutAt = Number.POSITIVE_INFINITY;
	}

	/** The machine starts again, after the power was cut, with what the disk has. */
	reboot(): void {
		const states = [this.kept, ...this.passed];
		const survivors = new Map<Inode, Inode>();
		this.names = new Map();
		for (const [name, inode] of states[this.pick(states.length)]!) {
			if (!survivors.has(inode)) survivors.set(inode, this.survivor(inode));
			this.names.set(name, survivors.get(inode)!);
		}
		this.kept = new Map(this.names);
		this.passed = [];
		this.kill();
	}

	/** What programs see of a file, to look at and to damage. */
	contents(path: string): Uint8Array {
		return this.names.get(path)!.seen;
	}

	/** Puts a file there as if it had always been. */
	place(path: string, bytes: Uint8Array): void {
		const inode = new Inode();
		inode.seen = inode.kept = Uint8Array.from(bytes);
		this.names.set(path, inode);
		this.kept.set(path, inode);
	}

	paths(): string[] {
		return [...this.names.keys()].sort();
	}

	read(path: string): Uint8Array | undefined {
		this.live("read");
		const inode = this.names.get(path);
		return inode && Uint8Array.from(inode.seen);
	}

	open(path: string, flags: "r+" | "wx"): number {
		if (flags === "r+") {
			this.live("open");
			if (!this.names.has(path)) throw failure("ENOENT", path);
		} else {
			this.step("create");
			if (this.names.has(path)) throw failure("EEXIST", path);
			this.names.set(path, new Inode());
			this.passed.push(new Map(this.names));
		}
		return this.opened.push(this.names.get(path)) - 1;
	}

	write(file: number, bytes: Uint8Array, position: number): number {
		this.live("write");
		const inode = this.inode(file);
		let count = bytes.length;
		if (this.short && count > 1) count = 1 + this.pick(count);
		const room = this.room - [...this.names.values()].reduce((sum, { seen }) => sum + seen.length, 0);
		count = Math.min(count, room + Math.max(inode.seen.length - position, 0));
		if (count <= 0 && bytes.length > 0) throw failure("ENOSPC");
		const taken = Math.min(count, this.cutAt - this.steps);
		const seen = new Uint8Array(Math.max(inode.seen.length, position + taken));
		seen.set(inode.seen);
		seen.set(bytes.subarray(0, taken), position);
		inode.seen = seen;
		this.steps += taken;
		if (taken < count) this.cut();
		return count;
	}

	truncate(file: number, length: number): void {
		this.step("truncate");
		const inode = this.inode(file);
		inode.passed.push(inode.seen);
		inode.seen = inode.seen.slice(0, length);
	}

	sync(file: number): void {
		this.step("sync");
		const inode = this.inode(file);
		inode.kept = inode.seen;
		inode.passed = [];
	}

	syncFolder(): void {
		this.step("syncFolder");
		this.kept = new Map(this.names);
		this.passed = [];
	}

	close(file: number): void {
		this.live("close");
		this.inode(file);
		this.opened[file] = undefined;
	}

	link(from: string, to: string): void {
		this.step("link");
		if (this.names.has(to)) throw failure("EEXIST", to);
		this.rearrange(from, (names, inode) => names.set(to, inode));
	}

	rename(from: string, to: string): void {
		this.step("rename");
		this.rearrange(from, (names, inode) => names.set(to, inode).delete(from));
		this.renames++;
	}

	remove(path: string): void {
		this.step("remove");
		if (this.names.has(path)) this.rearrange(path, (names) => names.delete(path));
	}

	private rearrange(path: string, change: (names: Names, inode: Inode) => void): void {
		const inode = this.names.get(path);
		if (!inode) throw failure("ENOENT", path);
		change(this.names, inode);
		this.passed.push(new Map(this.names));
	}

	private inode(file: number): Inode {
		const inode = this.opened[file];
		if (!inode) throw failure("EBADF");
		return inode;
	}

	private step(call: string): void {
		this.live(call);
		if (this.steps >= this.cutAt) this.cut();
		this.steps++;
	}

	private live(call: string): void {
		if (this.dead) throw new PowerCut();
		const code = this.fault(call);
		if (code) throw failure(code, call);
	}

	private cut(): never {
		this.dead = true;
		throw new PowerCut();
	}

	private pick(count: number): number {
		return Math.floor(this.random() * count);
	}

	/** What the disk has of a file: what was flushed, and of all that came after it as the heads of the disk were. */
	private survivor(inode: Inode): Inode {
		const states = [inode.kept, ...inode.passed, inode.seen];
		const fate = this.pick(4);
		const survivor = new Inode();
		const shortest = Math.min(...states.map(({ length }) => length));
		const longest = Math.max(...states.map(({ length }) => length));
		const length = shortest + this.pick(longest - shortest + 1);
		const block = 2 ** this.pick(6);
		const bytes = new Uint8Array(length);
		for (let at = 0; at < length; at += block) {
			const state = states[this.pick(states.length)]!;
			bytes.set(state.subarray(at, Math.min(at + block, length)), at);
		}
		survivor.seen = survivor.kept = [inode.kept, inode.seen, inode.seen.slice(0, length), bytes][fate]!;
		return survivor;
	}
}
