// SPDX-License-Identifier: MIT
// npm run statements [-- FILTER]: each statement of the specification, its tests, and what no test shows.
import { assess } from "./assess.ts";
import { catalogue } from "./catalogue.ts";
import { countLines, reportLines } from "./report.ts";
import { mentions } from "./scan.ts";

// A reader that has seen enough, such as head, ends it.
process.stdout.on("error", () => process.exit());

const [filter = ""] = process.argv.slice(2);
const assessment = assess(catalogue(), mentions("host-test"));
for (const line of reportLines(assessment, filter)) console.log(line);
console.log();
for (const line of countLines(assessment)) console.log(line);
for (const mistake of assessment.mistakes) console.error(mistake);
if (assessment.mistakes.length > 0 || assessment.all.some(({ state }) => state === "gap")) process.exitCode = 1;
