// SPDX-License-Identifier: MIT
// Blocks at the server that are handed on as they come, message by message: RFC 7959.
import { describe, expect, test } from "vitest";
import { type Answer, Code, type Request } from "../../src/coap/index.ts";
import { serving, text } from "../support/coap-blocks.ts";

describe("an upload that is streamed", () => {
	function streaming(answer: (request: Request) => Answer = () => undefined) {
		const parts: string[] = [];
		const put = (request: Request): Answer => {
			parts.push(`${request.offset}${request.more ? "+" : "."} ${request.text()}`);
			return answer(request);
		};
		return { parts, ...serving({ streamed: true, put }, { uploadSize: 16 }) };
	}

	test("is handed on block by block, however long it is", () => {
		const { ask, parts } = streaming();
		expect(ask(`PUT Block1=8 Size1=1000 | ${text(16)}`)).toBe("2.31 Block1=8");
		expect(parts).toEqual([`0+ ${text(16)}`]);
		expect(ask(`PUT Block1=24 | ${text(16, 16)}`)).toBe("2.31 Block1=24");
		expect(ask(`PUT Block1=32 | ${text(2, 32)}`)).toBe("2.04 Block1=32");
		expect(parts).toEqual([`0+ ${text(16)}`, `16+ ${text(16, 16)}`, `32. ${text(2, 32)}`]);
	});

	test("has no block twice, and no gap", () => {
		const { ask, parts } = streaming();
		ask(`PUT Block1=8 | ${text(16)}`);
		ask(`PUT Block1=24 | ${text(16, 16)}`);
		expect(ask(`PUT Block1=24 | ${text(16, 16)}`)).toBe("2.31 Block1=24");
		expect(ask(`PUT Block1=56 | ${text(16, 16)}`)).toBe("4.08");
		expect(parts).toHaveLength(2);
	});

	test("ends when the handler refuses a block", () => {
		const { ask, parts } = streaming(({ offset }) => (offset > 0 ? { code: Code.CONFLICT } : undefined));
		ask(`PUT Block1=8 | ${text(16)}`);
		expect(ask(`PUT Block1=24 | ${text(16, 16)}`)).toMatch(/^4\.09/);
		expect(ask(`PUT Block1=40 | ${text(16, 32)}`)).toBe("4.08");
		expect(parts).toHaveLength(2);
	});

	test("ends when the handler throws", () => {
		const { ask, pair } = streaming(() => {
			throw new Error("full");
		});
		expect(ask(`PUT Block1=8 | ${text(16)}`)).toBe("5.00");
		expect(pair.errors).toHaveLength(1);
		expect(ask(`PUT Block1=24 | ${text(16, 16)}`)).toBe("4.08");
	});

	test("is followed by requests that are whole again", () => {
		const { ask, parts } = streaming();
		ask(`PUT Block1=8 | ${text(16)}`);
		expect(ask("PUT Content-Format=0 | x")).toBe("2.04");
		expect(parts.at(-1)).toBe("0. x");
	});

	test("stays what it was for a handler that takes its time", async () => {
		const parts: string[] = [];
		const put = async (request: Request) => {
			await null;
			parts.push(request.text());
			return undefined;
		};
		const { pair } = serving({ streamed: true, put });
		pair.client().sends(`CON PUT 0001 Uri-Path=a Block1=8 | ${text(16)}`);
		for (let i = 0; i < 8; i++) await null;
		expect(pair.drain().map((sent) => sent.text)).toEqual(["ACK 2.31 0001 Block1=8"]);
		expect(parts).toEqual([text(16)]);
	});

	test("comes whole when it is one message", () => {
		const { ask, parts } = streaming();
		expect(ask("PUT | x")).toBe("2.04");
		expect(ask("PUT Block1=0 | y")).toBe("2.04 Block1=0");
		expect(parts).toEqual(["0. x", "0. y"]);
	});
});
