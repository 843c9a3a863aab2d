import { lowerText } from "./test/support/lower.ts";
import { arrays } from "./test/frontend/cases/arrays.ts";
import { calls } from "./test/frontend/cases/calls.ts";
import { expressions } from "./test/frontend/cases/expressions.ts";
import { statements } from "./test/frontend/cases/statements.ts";
const want = process.argv.slice(2);
for (const [title, text] of [...arrays, ...calls, ...expressions, ...statements]) {
  if (want.length && !want.some((w) => title.includes(w))) continue;
  const t = lowerText(text); console.log("//", title, "\n//", text); console.log(t.print("f"));
}
