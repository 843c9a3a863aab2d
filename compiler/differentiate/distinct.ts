/** Memory that comes in under two names, one of them written into, would have two shadows: that is refused at entry. */
import {
  absenceAt,
  at,
  compare,
  fieldAt,
  fieldOf,
  int,
  isDifferentiable,
  isReference,
  sameType,
  variable,
} from "../ir/build.ts";
import { askedFor, presentType } from "../ir/presence.ts";
import { nameOfRecord } from "../ir/record-names.ts";
import { shareMemory } from "../ir/runtime.ts";
import type { Expr, Param, Stmt, Type } from "../ir/types.ts";
import type { Prepared } from "./prepare.ts";

/** Arrays or objects that are found in one way from an argument on. */
interface Place {
  readonly argument: Param;
  readonly label: string;
  /** One of them. */
  readonly expr: Expr;
  /** From the argument to them: fields, and `*` for the elements of a list. */
  readonly steps: readonly string[];
  readonly isWritten: boolean;
  /** Whether there is just one, which may be absent, in what is there. */
  readonly isOne: boolean;
}

export function checkDistinct({ prepared }: { readonly prepared: Prepared }, fname: string): Stmt[] {
  const groups: Place[][] = [];
  for (const place of prepared.func.params.flatMap((param) => placesIn(prepared, param))) {
    const group = groups.find(([first]) => first !== undefined && mayBeOne(first, place));
    if (group === undefined) groups.push([place]);
    else group.push(place);
  }
  return groups.flatMap((group) => (isPlain(group) ? checkPairs(group, fname) : checkAll(group, fname)));
}

/** Whether each stands in an argument of its own, where a comparison tells all. */
const isPlain = (group: readonly Place[]): boolean =>
  group.every(({ isOne }) => isOne) && new Set(group.map(({ argument }) => argument.name)).size === group.length;

function checkPairs(group: readonly Place[], fname: string): Stmt[] {
  return group.flatMap((a, i) =>
    group.slice(i + 1).flatMap((b): Stmt[] => {
      if (!a.isWritten && !b.isWritten) return [];
      const filled = b.isWritten ? b.label : a.label;
      return refuseIf(
        overlap(a.expr, b.expr),
        `${fname}: ${a.label} and ${b.label} share memory, and ${filled} is written into`,
      );
    }),
  );
}

function checkAll(group: readonly Place[], fname: string): Stmt[] {
  const written = group.filter(({ isWritten }) => isWritten);
  const others = group.filter(({ isWritten }) => !isWritten);
  const [first] = written;
  if (first === undefined || (group.length === 1 && first.isOne)) return [];
  const args: Expr[] = [];
  let text = `${shareMemory}([`;
  const texts: string[] = [];
  const put = (places: readonly Place[]): void => {
    places.forEach(({ argument, steps }, i) => {
      texts.push(`${text}${i === 0 ? "" : ", "}[`);
      args.push(variable(argument.name, argument.type));
      text = `${steps.map((step) => `, ${JSON.stringify(step)}`).join("")}]`;
    });
  };
  put(written);
  text += "], [";
  put(others);
  const test: Expr = { kind: "foreign", texts: [...texts, `${text}])`], args, type: { kind: "boolean" } };
  const [all, filled] = [group, written].map((places) => listed(places.map(({ label }) => label)));
  const verb = written.length === 1 && first.isOne ? "is" : "are";
  const subject = others.length === 0 ? "" : `${filled} `;
  return refuseIf(test, `${fname}: two of ${all} share memory, and ${subject}${verb} written into`);
}

const listed = (labels: readonly string[]): string =>
  labels.length < 2 ? labels.join("") : `${labels.slice(0, -1).join(", ")} and ${labels.at(-1)!}`;

function refuseIf(test: Expr, message: string): Stmt[] {
  const text = `new RangeError(${JSON.stringify(message)})`;
  const value: Expr = { kind: "foreign", texts: [text], args: [], type: { kind: "string" } };
  return [{ kind: "if", test, then: [{ kind: "throw", value }], else: [] }];
}

/** All that an argument leads to: itself, its fields, elements of lists, and what is in these. */
function placesIn(prepared: Prepared, argument: Param): Place[] {
  const found: Place[] = [];
  const visit = (expr: Expr, label: string, steps: readonly string[], isOne: boolean): void => {
    const type = presentType(expr.type);
    if (!isReference(type) || !isDifferentiable(type)) return;
    found.push({ argument, label, expr, steps, isWritten: prepared.writesAt(argument.name, steps), isOne });
    if (type.kind === "list") {
      const depth = steps.filter((step) => step === "*").length;
      visit(at(expr, int(0)), `${label}[${"ijkl"[depth] ?? "…"}]`, [...steps, "*"], false);
    } else if (type.kind === "record")
      for (const { name } of type.fields)
        visit(
          fieldAt(expr, name),
          type.isTuple === true ? `${label}[${name}]` : `${label}.${name}`,
          [...steps, name],
          isOne && expr.type.kind !== "maybe",
        );
  };
  visit(variable(argument.name, argument.type), argument.name, [], true);
  return found;
}

/** Whether an array or object may be found in both places. */
function mayBeOne(a: Place, b: Place): boolean {
  const [x, y] = [presentType(a.expr.type), presentType(b.expr.type)];
  return x.kind === "typed" ? y.kind === "typed" : sameType(x, y);
}

function overlap(x: Expr, y: Expr): Expr {
  const type: Type = { kind: "boolean" };
  const isView = presentType(x.type).kind === "typed";
  // What is absent is not equal to what is there.
  const asked = [x, ...(isView ? [y] : [])].filter((expr) => expr.type.kind === "maybe");
  const texts = isView
    ? [
        "",
        ".buffer === ",
        ".buffer && ",
        ".byteOffset < ",
        ".byteOffset + ",
        ".byteLength && ",
        ".byteOffset < ",
        ".byteOffset + ",
        ".byteLength",
      ]
    : // TypeScript takes classes with the same fields for types that have nothing in common; one may extend the other.
      classIn(x.type) !== classIn(y.type)
      ? ["(", " as unknown) === ", ""]
      : ["", " === ", ""];
  const args = isView ? [x, y, x, y, y, y, x, x] : [x, y];
  // TypeScript does not remember of a cast to one member of a union that what it has is there.
  const told = texts.map((text, i) => (isView && i > 0 && isOfSomeMembers(args[i - 1]!) ? `!${text}` : text));
  if (asked.length === 0 && texts[1] === " === ") return compare("eq", x, y);
  const guards = asked.map((expr) => ` ${askedFor(absenceAt(expr), "!==")} && `);
  const guarded = asked.length === 0 ? [] : ["", ...guards.slice(0, -1), `${guards.at(-1)!}${texts[0]!}`];
  return {
    kind: "foreign",
    texts: [...guarded, ...told.slice(asked.length === 0 ? 0 : 1)],
    args: [...asked, ...args],
    type,
  };
}

/** Whether not all members of a union have a field. */
function isOfSomeMembers(expr: Expr): boolean {
  if (expr.kind !== "index" || expr.type.kind !== "maybe") return false;
  const owner = presentType(expr.array.type);
  const { members } = owner.kind === "record" ? owner : {};
  return members?.some((member) => fieldOf(member, expr.index) === undefined) === true;
}

/** The name of the class or interface of an object, or of those in a list. */
function classIn(type: Type): string | undefined {
  if (type.kind === "maybe") return classIn(type.type);
  if (type.kind === "list") return classIn(type.element);
  return type.kind === "record" ? nameOfRecord(type) : undefined;
}
