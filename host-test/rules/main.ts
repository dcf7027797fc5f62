// SPDX-License-Identifier: MIT
// npm run rules [-- FILTER]: each rule for CoAP servers, its tests, and what no test shows.
import { assessAs } from "../statements/assess.ts";
import { reportAs } from "../statements/report.ts";
import { mentions } from "../statements/scan.ts";
import { MARKS, RULES, rules } from "./catalogue.ts";

// A reader that has seen enough, such as head, ends it.
process.stdout.on("error", () => process.exit());

const [filter = ""] = process.argv.slice(2);
const assessment = assessAs(RULES, rules(), mentions("host-test", MARKS));
for (const line of reportAs(RULES.idOf, assessment, filter)) console.log(line);
const count = (wanted: string) => assessment.all.filter(({ state }) => state === wanted).length;
console.log(
	`\n${assessment.all.length} rules: ${count("covered")} covered, ${count("reason")} not covered with a reason, ${count("gap")} gaps`,
);
for (const mistake of assessment.mistakes) console.error(mistake);
if (assessment.mistakes.length > 0 || count("gap") > 0) process.exitCode = 1;
