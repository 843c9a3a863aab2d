/** What functions give, and bodies that compute it: statements over all that is visible, early returns, a value. */
import { leaf } from "../ast.ts";
import type { Stmt } from "../ast.ts";
import { statements } from "../dense/blocks.ts";
import type { Frame } from "../dense/blocks.ts";
import type { Names, Template, Writer } from "../dense/grammar.ts";

/** What a function is written with: no early `return` of the function around it. */
export type Site = Omit<Frame, "result">;

/** What a function of one number gives. */
export interface Result {
  /** The sort of such functions. */
  readonly sort: string;
  readonly type: string;
  /** What is returned; none where nothing is. */
  readonly values: readonly Template[];
}

export const plain: Result = { sort: "callee", type: "number", values: ["#"] };

export const results: readonly (readonly [weight: number, result: Result])[] = [
  [6, plain],
  [1, { sort: "lister", type: "number[]", values: ["[#, #, $atom]", "[#, ...$lister(#)]", "[...$lister($atom), #]"] }],
  [1, { sort: "recorder", type: "Pair", values: ["{ p: #, q: # }", "{ ...$recorder(#), p: # }", "$recorder(#)"] }],
  [1, { sort: "tupler", type: "[number, number]", values: ["[#, #]", "[$atom, #]", "$tupler(#)"] }],
  [1.5, { sort: "proc", type: "void", values: [] }],
  [0.7, { sort: "pred", type: "boolean", values: ["@"] }],
];

/** The statements of a function in which `names` are visible too. */
export function bodyOf({ writer, world, functions }: Site, names: Names, { values }: Result): Stmt[] {
  const { targets, inCallback, loops } = writer;
  writer.targets = [];
  writer.loops = 0;
  writer.functions++;
  // Nothing is returned: a `return` only leaves.
  writer.inCallback = values.length === 0;
  const give = (): Stmt => ({ kind: "return", value: writer.fill("number", writer.pick(values), 1) });
  writer.nesting++;
  const made = writer.within(() => {
    writer.declare(names);
    const { random } = writer;
    const count = values.length === 0 ? random.between(1, 2) : random.between(0, 2);
    const more = writer.functions < 2 && functions !== undefined ? { functions } : {};
    const stmts = statements(
      { writer, world: { ...world, outer: [] }, result: () => writer.fill("number", writer.pick(values), 1), ...more },
      count,
    );
    const early: Stmt[] =
      values.length > 0 && random.chance(0.3) ? [{ kind: "if", test: writer.test(), then: [give()] }] : [];
    return [...stmts, ...early, ...(values.length > 0 ? [give()] : [])];
  });
  writer.nesting--;
  writer.functions--;
  writer.targets = targets;
  writer.loops = loops;
  writer.inCallback = inCallback;
  return made;
}

/** A declaration whose text stands around a body. */
export function around(head: string, body: readonly Stmt[], tail = ";"): Stmt {
  return { kind: "loop", tag: "function", head: leaf("void", head, "head"), body, tail: leaf("void", tail, "tail") };
}

/** The same where the body is one value: `(t) => value`. */
export function arrow(head: string, body: readonly Stmt[], tail = ";"): Stmt {
  const [only] = body;
  if (body.length !== 1 || only?.kind !== "return" || only.value === undefined) return around(head, body, tail);
  const { value } = only;
  // An object would be a block.
  if (value.parts[0]?.startsWith("{")) return around(head, body, tail);
  return { kind: "expr", expr: { ...value, tag: "arrow", parts: joined(head, value.parts, tail) } };
}

function joined(head: string, parts: readonly string[], tail: string): readonly string[] {
  const last = parts.length - 1;
  return parts.map((part, i) => `${i === 0 ? `${head} ` : ""}${part}${i === last ? tail.replace(/;$/, "") : ""}`);
}

/** The text of a parameter's type and the names that it makes visible. */
export interface Given {
  readonly text: string;
  readonly names: Names;
}

export function numberParam(writer: Writer): Given & { readonly name: string } {
  const name = writer.fresh("t");
  return { name, text: `${name}: number`, names: { atom: [name] } };
}
