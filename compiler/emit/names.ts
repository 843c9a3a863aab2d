/**
 * Names as they are printed. In the IR a name is declared once in a function; in the text, variables
 * whose scopes do not meet may share one, so that the reverse loop over `i` has an `i` of its own and
 * not an `i2`.
 */
import { namesApartFrom, ownNumber } from "../ir/names.ts";
import type { Block, Func } from "../ir/types.ts";
import { blocksOf, namesDeclaredBy } from "../ir/visit.ts";

/** The region of a function in which a name means one variable: the block that declares it. */
interface Scope {
  readonly parent: Scope | undefined;
  readonly children: Scope[];
  /** Printed names of the variables of this very scope. */
  readonly printed: Set<string>;
}

interface Declaration {
  readonly name: string;
  readonly scope: Scope;
}

/**
 * The printed name of each variable of a function.
 *
 * A name that a pass made, by adding a number (`i2`) or the mark of reverse sweeps (`i$r`), gets the smallest
 * number that is free where it is used, or none. `sourceNames`, the names that the user wrote, are never
 * renumbered; without them we take every name for the user's whose stem is not a variable too. No variable
 * gets a name in `taken` (what the function refers to outside of itself).
 */
export function printedNames(
  func: Func,
  taken: ReadonlySet<string>,
  sourceNames?: ReadonlySet<string>,
): Map<string, string> {
  const declarations = declarationsOf(func);
  const all = new Set(declarations.map((declaration) => declaration.name));
  /** What a name would be if nothing else had it. */
  const wish = (name: string): string => {
    const unmarked = name.replace(reverseMark, "");
    if (ownNumber.test(unmarked)) return unmarked.replace(ownNumber, "$$$1");
    const stem = unmarked.replace(/\d+$/, "");
    const numbered = sourceNames === undefined ? all.has(stem) : !sourceNames.has(unmarked);
    return numbered && stem !== "" ? stem : unmarked;
  };

  const result = new Map<string, string>();
  const settle = ({ name, scope }: Declaration): void => {
    const text = freeName(wish(name), [...taken, ...namesMeeting(scope)]);
    scope.printed.add(text);
    result.set(name, text);
  };
  // Names that stay come first, so that they get what they ask for.
  const made = ({ name }: Declaration): boolean => wish(name) !== name || ownNumber.test(name);
  declarations.filter((declaration) => !made(declaration)).forEach(settle);
  declarations.filter(made).forEach(settle);
  return result;
}

/** What reverse sweeps add to the names of variables that they declare again. */
const reverseMark = /(\$r\d*)+$/;

/** A name that is not among the used ones. A number that is part of the name is printed without its mark: `yDot0`, `k1_0`. */
function freeName(wish: string, used: readonly string[]): string {
  if (!ownNumber.test(wish)) return namesApartFrom(used).fresh(wish);
  const isFree = (text: string): boolean => !used.includes(text);
  const first = wish.replace(/\d\$/, (digit) => `${digit.charAt(0)}_`).replace("$", "");
  let text = first;
  for (let n = 2; !isFree(text); n++) text = `${first}_${String(n)}`;
  return text;
}

/** The printed names in the scope, around it and inside of it. */
function namesMeeting(scope: Scope): string[] {
  const names: string[] = [];
  for (let outer: Scope | undefined = scope.parent; outer !== undefined; outer = outer.parent)
    names.push(...outer.printed);
  const inside = (at: Scope): void => {
    names.push(...at.printed);
    at.children.forEach(inside);
  };
  inside(scope);
  return names;
}

function declarationsOf(func: Func): Declaration[] {
  const found: Declaration[] = [];
  const open = (parent: Scope | undefined): Scope => {
    const scope: Scope = { parent, children: [], printed: new Set() };
    parent?.children.push(scope);
    return scope;
  };
  const visit = (block: Block, scope: Scope): void => {
    for (const stmt of block) {
      // The index of a loop and the parameters of a closure belong to what is inside.
      const header = stmt.kind === "for" || stmt.kind === "closure" ? open(scope) : scope;
      for (const name of namesDeclaredBy(stmt)) {
        found.push({ name, scope: stmt.kind === "closure" && name === stmt.name ? scope : header });
      }
      for (const inner of blocksOf(stmt)) visit(inner, header === scope ? open(scope) : header);
    }
  };
  const top = open(undefined);
  for (const param of func.params) found.push({ name: param.name, scope: top });
  visit(func.body, top);
  return found;
}
