/**
 * A counted loop has an integer start and an integer step, so that its indices can be run through backwards
 * exactly. Any other (`t += 0.1`, a start that is not known to be whole) becomes a `while` with a variable.
 */
import { analyseIntegers } from "../analyse/integers.ts";
import { op, placeOf, variable } from "../ir/build.ts";
import { namesApartFrom, namesOf } from "../ir/names.ts";
import type { Func, Stmt } from "../ir/types.ts";
import { mapBlock, renameBlock } from "../ir/visit.ts";

export function integerLoops(func: Func): Func {
  const integers = analyseIntegers(func);
  const names = namesApartFrom(namesOf(func));
  const body = mapBlock(func.body, (stmt): Stmt | Stmt[] => {
    if (stmt.kind !== "for" || (Number.isInteger(stmt.step) && integers.isInteger(stmt.start))) return stmt;
    const type = { kind: "number" } as const;
    const counter = variable(names.fresh(stmt.name), type);
    const rename = (name: string): string => (name === stmt.name ? counter.name : name);
    const { exit, checkpoint } = stmt;
    const step = op("add", [counter, { kind: "literal", value: stmt.step, type }], type);
    return [
      { kind: "let", name: counter.name, type, mutable: true, init: stmt.start },
      {
        kind: "while",
        test: { kind: "op", op: stmt.compare, args: [counter, stmt.bound], type: { kind: "boolean" } },
        body: [...renameBlock(stmt.body, rename), { kind: "assign", name: counter.name, value: step }],
        ...(exit === undefined ? {} : { exit }),
        ...(checkpoint === undefined ? {} : { checkpoint }),
        ...placeOf(stmt),
      },
    ];
  });
  return { ...func, body };
}
