/**
 * Names as they are printed. In the IR a name is declared once in a function; in the text, variables
 * whose scopes do not meet may share one, so that the reverse loop over `i` has an `i` of its own and
 * not an `i2`.
 */
import { freshName, ownNumber } from "../ir/names.ts";
import type { Block, Func } from "../ir/types.ts";
import { blocksOf, namesDeclaredBy } from "../ir/visit.ts";

/** The region of a function in which a name means one variable: the block that declares it. */
interface Scope {
  /** Its number and the greatest of those inside of it, in the order of the text. */
  readonly first: number;
  last: number;
  /** From where on numbers behind a name may be free. */
  readonly tried: Map<string, number>;
}

interface Declaration {
  readonly name: string;
  readonly scope: Scope;
}

/**
 * The printed name of each variable of a function.
 *
 * A name that a pass made, by adding a number (`i2`) or the mark of reverse sweeps (`i$r`), gets the smallest
 * number that is free where it is used, or none; the adjoint, the tangent and the tape of such a variable are called after
 * what it is called then. `sourceNames`, the names that the user wrote, are never
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
    // The parts of a tuple are numbered from 0 on, and names of which there are several from 2 on.
    const isPart = unmarked !== stem && all.has(`${stem}0`);
    const numbered = !isPart && (sourceNames === undefined ? all.has(stem) : !sourceNames.has(unmarked));
    return numbered && stem !== "" ? stem : unmarked;
  };

  const result = new Map<string, string>();
  const printed = new Map<string, Scope[]>();
  const settle = ({ name, scope }: Declaration, wanted = wish(name)): void => {
    const isTaken = (text: string): boolean =>
      taken.has(text) ||
      (printed.get(text)?.some((other) => isInside(scope, other) || isInside(other, scope)) ?? false);
    const text = freeName(wanted, isTaken, scope.tried);
    const known = printed.get(text);
    if (known === undefined) printed.set(text, [scope]);
    else known.push(scope);
    result.set(name, text);
  };
  // Names that stay come first, so that they get what they ask for.
  const made = ({ name }: Declaration): boolean => wish(name) !== name || ownNumber.test(name);
  const following = new Map<Declaration, Role>();
  const others: Declaration[] = [];
  for (const declaration of declarations) {
    const role = sourceNames?.has(declaration.name) === true ? undefined : roleOf(declaration.name);
    if (role !== undefined && all.has(role.owner) && wish(role.owner) !== role.owner) following.set(declaration, role);
    else others.push(declaration);
  }
  const settleAll = (some: readonly Declaration[]): void => {
    for (const declaration of some) settle(declaration);
  };
  settleAll(others.filter((declaration) => !made(declaration)));
  settleAll(others.filter(made));
  // The adjoint of what is printed `list` is `listBar`, whatever its number was.
  for (const [declaration, { owner, ending }] of following) {
    const printedOwner = result.get(owner);
    settle(declaration, printedOwner === undefined || printedOwner === owner ? undefined : printedOwner + ending);
  }
  return result;
}

/** What a variable is to one with a number: its adjoint, its tangent or a tape of them. */
interface Role {
  readonly owner: string;
  /** What it adds to the name. */
  readonly ending: string;
}

function roleOf(name: string): Role | undefined {
  const [, owner, role, lane = ""] = /^(.*\d)((?:Bar|Dot|Tape)+)(?:\d*|(\$\d+)(?:_\d+)?)$/.exec(name) ?? [];
  return owner === undefined ? undefined : { owner, ending: `${role!}${lane}` };
}

/** What reverse sweeps add to the names of variables that they declare again. */
const reverseMark = /(\$r\d*)+$/;

/** A name that is not taken. A number that is part of the name is printed without its mark: `yDot0`, `k1_0`. */
function freeName(wish: string, isTaken: (text: string) => boolean, tried: Map<string, number>): string {
  if (!ownNumber.test(wish)) return freshName(wish, isTaken, tried);
  const first = wish.replace(/\d\$/, (digit) => `${digit.charAt(0)}_`).replace("$", "");
  let text = first;
  for (let n = 2; isTaken(text); n++) text = `${first}_${String(n)}`;
  return text;
}

/** Whether a scope is the other one or in it. */
function isInside(scope: Scope, outer: Scope): boolean {
  return outer.first <= scope.first && scope.first <= outer.last;
}

function declarationsOf(func: Func): Declaration[] {
  const found: Declaration[] = [];
  let count = 0;
  const open = (): Scope => ({ first: count, last: count++, tried: new Map() });
  const visit = (block: Block, scope: Scope): void => {
    for (const stmt of block) {
      // The index of a loop and the parameters of a closure belong to what is inside.
      const header = stmt.kind === "for" || stmt.kind === "closure" ? open() : scope;
      for (const name of namesDeclaredBy(stmt)) {
        found.push({ name, scope: stmt.kind === "closure" && name === stmt.name ? scope : header });
      }
      for (const inner of blocksOf(stmt)) visit(inner, header === scope ? open() : header);
    }
    scope.last = count - 1;
  };
  const top = open();
  for (const param of func.params) found.push({ name: param.name, scope: top });
  visit(func.body, top);
  return found;
}
