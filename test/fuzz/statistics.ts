/** How often each construct occurs, to see that programs are as varied as they should be. */
import { isStruct, isStructs, shapeName, visitStmt } from "./ast.ts";
import type { Expr, Program, Stmt, Type } from "./ast.ts";

/** Constructs of a program, each once. */
export function constructs(program: Program): ReadonlySet<string> {
  const found = new Set<string>();
  const onStmt = (stmt: Stmt): void => {
    switch (stmt.kind) {
      case "let":
        found.add(`let: ${stmt.tag}`);
        break;
      case "loop":
        found.add(`loop: ${stmt.tag}${stmt.label === undefined ? "" : ", labelled"}`);
        if (stmt.body.some((inner) => inner.kind === "loop")) found.add("loop directly in a loop");
        break;
      case "jump":
        found.add(`${stmt.word}${stmt.label === undefined ? "" : " with label"}`);
        break;
      case "pattern":
        found.add(stmt.tag ?? (stmt.text.includes("...") ? "pattern with a rest" : "pattern"));
        break;
      case "expr":
      case "closure":
      case "block":
      case "if":
      case "switch":
      case "return":
      case "throw":
        found.add(stmt.kind);
    }
  };
  const onExpr = (expr: Expr): void => {
    const name = expr.tag === "math" ? /Math\.(\w+)/.exec(expr.parts.join(""))?.[1] : undefined;
    if (expr.tag === "literal" || expr.tag === "variable" || expr.tag === "head") return;
    found.add(name === undefined ? `expression: ${expr.tag}` : `Math.${name}`);
  };
  for (const func of [...program.helpers, program.main]) for (const stmt of func.body) visitStmt(stmt, onStmt, onExpr);
  for (const param of program.main.params)
    found.add(
      `parameter: ${kindOf(program, param.type)}${param.defaultText === undefined ? "" : ", default"}${param.optional === true ? ", optional" : ""}`,
    );
  found.add(`result: ${kindOf(program, program.main.result)}`);
  found.add(`helpers: ${String(program.helpers.length)}`);
  for (const helper of program.helpers)
    if (helper.owner !== undefined) found.add(helper.getter === true ? "getter" : "method");
  if (program.nested) found.add("gradient of a generated gradient");
  for (const mode of program.modes) found.add(`mode: ${mode}`);
  return found;
}

/** A type, with the kind of a shape for its name. */
function kindOf(program: Program, type: Type): string {
  if (!isStruct(type) && !isStructs(type)) return type;
  const kind = program.shapes.find((shape) => shape.name === shapeName(type))?.kind ?? "object";
  return isStructs(type) ? `array of ${kind}` : kind;
}

/** One line a construct: the share of programs that have it. */
export function statistics(programs: Iterable<Program>): string {
  const counts = new Map<string, number>();
  let total = 0;
  for (const program of programs) {
    total++;
    for (const name of constructs(program)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const lines = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return lines.map(([name, n]) => `${((100 * n) / total).toFixed(1).padStart(6)} %  ${name}`).join("\n");
}
