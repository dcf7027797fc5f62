// SPDX-License-Identifier: MIT

/** How much is reachable from `root` by properties, array elements, Map and Set entries: the objects, and the bytes of buffers. */
export function retained(root: object): { objects: number; bytes: number } {
	const seen = new Set<object>();
	let bytes = 0;
	const queue: unknown[] = [root];
	for (let value = queue.pop(); queue.length > 0 || value !== undefined; value = queue.pop()) {
		if (typeof value !== "object" || value === null || seen.has(value)) continue;
		seen.add(value);
		if (ArrayBuffer.isView(value)) {
			queue.push(value.buffer);
			continue;
		}
		if (value instanceof ArrayBuffer) bytes += value.byteLength;
		if (value instanceof Map) queue.push(...value.keys(), ...value.values());
		if (value instanceof Set) queue.push(...value);
		for (const name of Object.getOwnPropertyNames(value)) {
			const inside = (value as Record<string, unknown>)[name];
			if (inside !== undefined) queue.push(inside);
		}
	}
	return { objects: seen.size, bytes };
}
