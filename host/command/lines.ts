// SPDX-License-Identifier: MIT

const NEWLINE = 10;

/** The lines of a stream of bytes, without their ends; what comes after the last end is a line, too. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	let parts: Buffer[] = [];
	for await (const chunk of chunks) {
		let from = 0;
		for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
			yield Buffer.concat([...parts, chunk.subarray(from, end)]);
			parts = [];
			from = end + 1;
		}
		if (from < chunk.length) parts.push(chunk.subarray(from));
	}
	if (parts.length > 0) yield Buffer.concat(parts);
}
