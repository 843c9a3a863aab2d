/** What is outside of the source that tsgrad reads, and would lose a derivative: each has a report of its own. */
import { ts } from "ts-morph";
import type { Expr } from "../../ir/types.ts";
import { isConst, isModuleScope } from "./constants.ts";
import { declarationOf, followed, isAmbient, isGlobal, skipOuter } from "./resolve.ts";
import { refuse, shortText, withoutSource, type Body } from "./state.ts";
import { isKeeper } from "./types.ts";

const changing = new Set(
  [
    "Math.random",
    "Date.now",
    "performance.now",
    "crypto.getRandomValues",
    "crypto.randomUUID",
    "process.hrtime",
  ].concat(["process.hrtime.bigint", "process.uptime", "Date"]),
);
const throughTexts = new Set(
  "JSON.parse JSON.stringify Number.parseFloat Number.parseInt parseFloat parseInt".split(" "),
);
const running = new Set(["eval", "Function", "new Function"]);

/** Whether a function is known to give what no derivative could be right for, whatever goes into it. */
export const isUnusable = (name: string): boolean => changing.has(name) || throughTexts.has(name) || running.has(name);

/** A function of the platform that is known to be so, by its whole name: of `Date.now` that. */
export function unusableMember(checker: ts.TypeChecker, node: ts.PropertyAccessExpression): string | undefined {
  const owner = skipOuter(node.expression);
  return ts.isIdentifier(owner) ? unusableOf(checker, owner, node.name.text) : undefined;
}

/** The same of what a pattern takes out: of `const { now } = performance`, `performance.now`. */
export function unusableElement(checker: ts.TypeChecker, element: ts.BindingElement): string | undefined {
  const { parent } = element.parent;
  const source = ts.isVariableDeclaration(parent) && parent.initializer && skipOuter(parent.initializer);
  const name = element.propertyName ?? element.name;
  if (!source || !ts.isIdentifier(source) || !ts.isIdentifier(name)) return undefined;
  return (parent.parent.flags & ts.NodeFlags.Const) === 0 ? undefined : unusableOf(checker, source, name.text);
}

function unusableOf(checker: ts.TypeChecker, owner: ts.Identifier, member: string): string | undefined {
  const name = `${owner.text}.${member}`;
  return isUnusable(name) && isGlobal(checker, owner, owner.text) ? name : undefined;
}

/** What a report calls a function without source: one that was made of a text, by what made it. */
export function nameOutside({ checker }: Body, callee: ts.Expression): string {
  const inner = skipOuter(callee);
  const symbol = ts.isIdentifier(inner) ? checker.getSymbolAtLocation(inner) : undefined;
  const declaration = symbol && declarationOf(followed(checker, symbol));
  const isKept = declaration && ts.isVariableDeclaration(declaration) && isConst(declaration);
  const made = skipOuter((isKept && declaration.initializer) || inner);
  if ((ts.isNewExpression(made) || ts.isCallExpression(made)) && isGlobal(checker, made.expression, "Function"))
    return ts.isNewExpression(made) ? "new Function" : "Function";
  return shortText(callee);
}

/** A call of something that has no source here. `name` is what the user wrote, as in `JSON.parse`. */
export function refuseCall(body: Body, node: ts.Node, name: string): Expr {
  if (changing.has(name)) return refuse(body, node, "TG1005", `${name}()`);
  if (throughTexts.has(name)) return refuse(body, node, "TG1031", name);
  if (running.has(name)) return refuse(body, node, "TG1030", name);
  return refuse(body, node, "TG1004", name, throughFields.has(name) ? byFields : withoutSource);
}

const throughFields = new Set("Object.fromEntries Object.assign".split(" "));
const byFields = 'Name the fields: { ...p, a: 1 }, [p.a, p.b], for (const key of ["a", "b"] as const) … p[key].';

/** `new` of a class that has no source here. */
export function refuseNew(body: Body, node: ts.NewExpression): Expr {
  const name = shortText(skipOuter(node.expression));
  if (isGlobal(body.checker, node.expression, name)) {
    if (name === "Date" && !node.arguments?.length) return refuse(body, node, "TG1005", "new Date()");
    if (running.has(name)) return refuse(body, node, "TG1030", `new ${name}`);
    if (isKeeper(name)) return refuse(body, node, "TG1032", name);
  }
  return refuse(body, node, "TG1001", `new ${name}`, "Use numbers, arrays, objects, and classes of the project.");
}

/** Whether an expression is a value that is only declared here: of the platform, a package or `declare const`. */
export function isAmbientValue(body: Body, node: ts.Expression): boolean {
  const inner = skipOuter(node);
  const direct = ts.isIdentifier(inner) ? body.checker.getSymbolAtLocation(inner) : undefined;
  const declarations = direct && followed(body.checker, direct).declarations;
  return declarations?.every(isAmbient) ?? false;
}

/** The same of a member, such as `special.erf`. */
export function isAmbientMember(body: Body, node: ts.Expression): boolean {
  const inner = skipOuter(node);
  return ts.isPropertyAccessExpression(inner) ? isAmbientMember(body, inner.expression) : isAmbientValue(body, inner);
}

/** The object of module scope that an expression is a part of; undefined where it is of the function's own. */
export function outerObject(body: Body, node: ts.Expression): string | undefined {
  let root = skipOuter(node);
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root)) root = skipOuter(root.expression);
  if (!ts.isIdentifier(root)) return undefined;
  const direct = body.checker.getSymbolAtLocation(root);
  const symbol = direct && followed(body.checker, direct);
  if (!symbol || body.bindings.get(symbol)) return undefined;
  const [declaration] = symbol.declarations ?? [];
  // `globalThis` is declared nowhere.
  const isOuter =
    !declaration ||
    ts.isSourceFile(declaration) ||
    ts.isClassDeclaration(declaration) ||
    isModuleScope(declaration) ||
    isAmbient(declaration);
  return isOuter ? shortText(node) : undefined;
}
