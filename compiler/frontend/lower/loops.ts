/** Loops: counted ones become `for`, all others `while`. */
import { ts } from "ts-morph";
import { elementType, fieldAt, int, isReference, lengthOf, op, stringType } from "../../ir/build.ts";
import type { Expr, ForStmt, Stmt, Type, Var } from "../../ir/types.ts";
import { checkpointAbove } from "./checkpoints.ts";
import { condition } from "./choices.ts";
import { countedHeader, type CountedHeader } from "./counted.ts";
import { declare, declareAll } from "./declarations.ts";
import { bindPatternTo } from "./patterns.ts";
import { breakLabel, breakable, loopBody } from "./exits.ts";
import { isGlobal, skipOuter } from "./resolve.ts";
import { visited } from "./keepers.ts";
import { overKnown } from "./known-lists.ts";
import { isCount, isWhole, negated } from "./scalars.ts";
import { broken, emit, freshName, inBlock, refuse, shortText, type Body, type Exit, typeShown } from "./state.ts";
import { characters } from "./strings.ts";
import { holdsFunctions, leavesClassOpen } from "./types.ts";
import { asArray, asOperand, isSteady, rowsOfOneType, steady, value } from "./values.ts";
import { bind, declareName, nameFor } from "./variables.ts";

type Checkpointed = Pick<ForStmt, "checkpoint">;

function checkpointOf(body: Body, node: ts.Statement): Checkpointed {
  const checkpoint = checkpointAbove(body, node, true);
  return checkpoint === undefined ? {} : { checkpoint };
}

export function forLoop(body: Body, node: ts.ForStatement, label: string | undefined): void {
  const checkpoint = checkpointOf(body, node);
  const header = countedHeader(body, node);
  if (header && countedLoop(body, node, header, label, checkpoint)) return;
  if (node.initializer) {
    if (!ts.isVariableDeclarationList(node.initializer)) body.effect(node.initializer);
    else if (!header) declareAll(body, node.initializer);
  }
  const update = node.incrementor;
  breakable(body, { kind: "loop", label }, (exit) => {
    testedLoop(body, exit, node.condition, checkpoint, () => {
      const inner = loopBody(body, exit, () => {
        body.statement(node.statement);
      });
      body.block.push(...inner);
      if (update) body.effect(update);
    });
  });
}

/** Emits the loop as a `for`, if start and bound allow it; else only declares its variables and gives false. */
function countedLoop(
  body: Body,
  node: ts.ForStatement,
  header: CountedHeader,
  label: string | undefined,
  checkpoint: Checkpointed,
): boolean {
  for (const declaration of header.others) declare(body, declaration);
  const start = value(body, header.start);
  const symbol = header.symbol;
  const name = nameFor(body, symbol, header.name);
  if (start === broken) {
    body.bindings.set(symbol, { kind: "broken" });
    return false;
  }
  if (!isCount(body, start) || !Number.isInteger(header.step)) {
    declareStart(body, header, start);
    return false;
  }
  body.bindings.set(symbol, { kind: "var", name, type: { kind: "int" }, mutable: false });
  const bound = boundOf(body, header);
  if (!bound) {
    body.bindings.delete(symbol);
    declareStart(body, header, start);
    return false;
  }
  breakable(body, { kind: "loop", label }, (exit) => {
    const inner = loopBody(body, exit, () => {
      body.statement(node.statement);
    });
    const loop: ForStmt = {
      kind: "for",
      name,
      start: asInt(start),
      compare: header.compare,
      bound,
      step: header.step,
      body: inner,
      ...checkpoint,
    };
    emit(body, loop);
  });
  return true;
}

function declareStart(body: Body, header: CountedHeader, start: Expr): void {
  if (ts.isIdentifier(header.declaration.name)) declareName(body, header.declaration.name, start);
}

const asInt = (expr: Expr): Expr => (isWhole(expr) ? { ...expr, type: { kind: "int" } } : expr);

/** The bound, if it needs no statements of its own. */
function boundOf(body: Body, header: CountedHeader): Expr | undefined {
  let bound: Expr = broken;
  const block = inBlock(body, () => {
    bound = value(body, header.bound);
  });
  if (block.length > 0) return undefined;
  if (header.offset === 0) return asInt(bound);
  // i + c < n is i < n - c for any n, where i starts at 0 or above: there n - c does not round across an integer.
  const isCounting = isCount(body, bound);
  const start = skipOuter(header.start);
  const isUpward = header.step > 0 && header.offset > 0 && ts.isNumericLiteral(start);
  if (!isCounting && !isUpward) return undefined;
  const type: Type = { kind: isCounting ? "int" : "number" };
  return op(header.offset > 0 ? "sub" : "add", [asInt(bound), int(Math.abs(header.offset))], type);
}

/** `while` with a test; one that needs statements is left from within. */
function testedLoop(
  body: Body,
  exit: Exit,
  test: ts.Expression | undefined,
  checkpoint: Checkpointed,
  run: () => void,
): void {
  const always: Expr = { kind: "literal", value: true, type: { kind: "boolean" } };
  let holds: Expr = always;
  const before = inBlock(body, () => {
    if (test) holds = condition(body, test);
  });
  const inner = inBlock(body, () => {
    if (before.length > 0) {
      body.block.push(...before);
      const leave: Stmt = { ...body.place, kind: "exit", label: breakLabel(body, exit) };
      emit(body, { kind: "if", test: negated(holds), then: [leave], else: [] });
    }
    run();
  });
  emit(body, { kind: "while", test: before.length > 0 ? always : holds, body: inner, ...checkpoint });
}

export function whileLoop(body: Body, node: ts.WhileStatement, label: string | undefined): void {
  const checkpoint = checkpointOf(body, node);
  breakable(body, { kind: "loop", label }, (exit) => {
    testedLoop(body, exit, node.expression, checkpoint, () => {
      body.block.push(
        ...loopBody(body, exit, () => {
          body.statement(node.statement);
        }),
      );
    });
  });
}

/** `do … while`: a flag that is true at first. */
export function doLoop(body: Body, node: ts.DoStatement, label: string | undefined): void {
  const checkpoint = checkpointOf(body, node);
  const again = freshName(body, "again");
  const flag: Expr = { kind: "var", name: again, type: { kind: "boolean" } };
  emit(body, {
    kind: "let",
    name: again,
    type: flag.type,
    mutable: true,
    init: { kind: "literal", value: true, type: flag.type },
  });
  breakable(body, { kind: "loop", label }, (exit) => {
    const inner = inBlock(body, () => {
      body.block.push(
        ...loopBody(body, exit, () => {
          body.statement(node.statement);
        }),
      );
      emit(body, { kind: "assign", name: again, value: condition(body, node.expression) });
    });
    emit(body, { kind: "while", test: flag, body: inner, ...checkpoint });
  });
}

/** `for (const x of xs)`, `for (const [i, x] of xs.entries())`, `for (const i of xs.keys())`. */
export function forOfLoop(body: Body, node: ts.ForOfStatement, label: string | undefined): void {
  const checkpoint = checkpointOf(body, node);
  if (node.awaitModifier)
    return void refuse(body, node.awaitModifier, "TG1001", "for await", "Write for … of over an array.");
  const { source, parts, isWhole } = iterated(body, node.expression);
  const type = body.checker.getTypeAtLocation(source);
  const isOpen = holdsFunctions(body.all, type) || leavesClassOpen(body.all, type);
  const known = isOpen ? body.known(source) : undefined;
  if (known?.kind === "list") return overKnown(body, node, known, parts, label);
  const names = namesIn(body, source);
  if (names) return overItems(body, node, names, parts, label);
  const kept = visited(body, source, isWhole ? "entries" : parts);
  const given = kept === "broken" ? broken : kept ? kept.keys : asOperand(body, body.rhs(source));
  const items = itemsOf(body, given);
  if (items) return overItems(body, node, items, parts, label);
  const whole = given.type.kind === "string" ? characters(body, given) : given;
  if (whole !== broken && (!isReference(whole.type) || whole.type.kind === "maybe")) {
    const type = typeShown(body, source);
    const hint = body.checker.isTupleType(body.checker.getTypeAtLocation(source))
      ? rowsOfOneType
      : "Loop over an array, or over its entries() or keys().";
    refuse(body, source, "TG1002", shortText(source), type, hint);
  }
  if (whole === broken || !isReference(whole.type) || whole.type.kind === "maybe") {
    if (ts.isVariableDeclarationList(node.initializer)) markBroken(body, node.initializer);
    return body.statement(node.statement);
  }
  if (whole.type.kind !== "list" && whole.type.kind !== "typed") {
    refuse(body, source, "TG1002", shortText(source), typeShown(body, source), "Loop over an array.");
    return;
  }
  const array = isSteady(body, whole) ? whole : steady(body, asArray(body, whole), "source");
  if (!ts.isVariableDeclarationList(node.initializer)) {
    return refuseOuterVariable(body, node);
  }
  if (!(node.initializer.flags & ts.NodeFlags.BlockScoped)) refuse(body, node.initializer, "TG1014");
  const [declaration] = node.initializer.declarations;
  if (!declaration) return;
  const index: Var = {
    kind: "var",
    name: indexName(body, declaration.name, kept ? "values" : parts),
    type: { kind: "int" },
  };
  const item: Expr = { kind: "index", array, index, type: elementType(array.type) };
  breakable(body, { kind: "loop", label }, (exit) => {
    const inner = loopBody(body, exit, () => {
      if (!kept || kept === "broken") bindItem(body, declaration.name, parts, index, item);
      else if (kept.valueAt && (isWhole || parts === "entries"))
        bindItem(body, declaration.name, "entries", item, kept.valueAt(index));
      else bindItem(body, declaration.name, "values", index, (parts === "values" && kept.valueAt?.(index)) || item);
      body.statement(node.statement);
    });
    emit(body, {
      kind: "for",
      name: index.name,
      start: int(0),
      compare: "lt",
      bound: lengthOf(array),
      step: 1,
      body: inner,
      ...checkpoint,
    });
  });
}

/** The names that a tuple of literal strings holds, where it costs nothing to look: a constant, or a list of them. */
function namesIn(body: Body, node: ts.Expression): readonly Expr[] | undefined {
  const source = skipOuter(node);
  if (!ts.isIdentifier(source) && !ts.isPropertyAccessExpression(source) && !ts.isArrayLiteralExpression(source))
    return undefined;
  const type = body.checker.getTypeAtLocation(node);
  if (!body.checker.isTupleType(type)) return undefined;
  const items = body.checker.getTypeArguments(type as ts.TypeReference);
  const isList = ((type as ts.TupleTypeReference).target.combinedFlags & ts.ElementFlags.Variable) !== 0;
  if (isList || items.length === 0 || items.length > longest || !items.every((item) => item.isStringLiteral()))
    return undefined;
  return items.map((item) => ({ kind: "literal", value: item.value, type: stringType }));
}

/** The items of a tuple, which are read when their turn comes; undefined where there are too many, or it is none. */
function itemsOf(body: Body, given: Expr): readonly Expr[] | undefined {
  const steadied = (item: Expr): Expr =>
    item.kind === "tuple" ? { ...item, items: item.items.map(steadied) } : steady(body, item, "item");
  if (given.kind === "tuple") return given.items.length > longest ? undefined : given.items.map(steadied);
  const { type } = given;
  if (type.kind !== "record" || type.isTuple !== true || type.fields.length > longest) return undefined;
  const tuple = steady(body, given, "source");
  return type.fields.map((field) => fieldAt(tuple, field.name));
}

/** More copies of a loop's body than this make no program that one would want. */
const longest = 64;

/** The body once for each item of a tuple. */
function overItems(
  body: Body,
  node: ts.ForOfStatement,
  items: readonly Expr[],
  parts: IterationParts,
  label: string | undefined,
): void {
  const declaration = ts.isVariableDeclarationList(node.initializer) ? node.initializer.declarations[0] : undefined;
  if (!declaration) return refuseOuterVariable(body, node);
  breakable(body, { kind: "loop", label }, (exit) => {
    for (const [i, item] of items.entries()) {
      exit.continueLabel = undefined;
      const inner = body.repeated();
      body.block.push(
        ...loopBody(inner, exit, () => {
          bindItem(inner, declaration.name, parts, int(i), item);
          inner.statement(node.statement);
        }),
      );
    }
  });
}

function refuseOuterVariable(body: Body, node: ts.ForOfStatement): void {
  const what = "A loop over a variable that is declared outside of it";
  refuse(body, node.initializer, "TG1001", what, "Write for (const x of xs).");
}

type IterationParts = "values" | "entries" | "keys";

interface Iterated {
  readonly source: ts.Expression;
  readonly parts: IterationParts;
  /** Whether the loop is over the source itself. */
  readonly isWhole: boolean;
}

function iterated(body: Body, node: ts.Expression): Iterated {
  const inner = skipOuter(node);
  if (ts.isCallExpression(inner) && ts.isPropertyAccessExpression(inner.expression) && inner.arguments.length === 0) {
    const method = inner.expression.name.text;
    const isStatic = isGlobal(body.checker, inner.expression.expression, "Object");
    if (!isStatic && (method === "entries" || method === "keys" || method === "values"))
      return { source: inner.expression.expression, parts: method, isWhole: false };
  }
  return { source: node, parts: "values", isWhole: true };
}

function markBroken(body: Body, list: ts.VariableDeclarationList): void {
  for (const { name } of list.declarations) {
    if (ts.isIdentifier(name)) declareName(body, name, broken);
    else bindPatternTo(body, name, broken);
  }
}

/** The user's own index where there is one that does not change. */
function indexName(body: Body, name: ts.BindingName, parts: IterationParts): string {
  const own =
    parts === "keys" ? name : parts === "entries" && ts.isArrayBindingPattern(name) ? firstName(name) : undefined;
  if (own && ts.isIdentifier(own)) {
    const symbol = body.checker.getSymbolAtLocation(own);
    if (symbol && (body.assignments.get(symbol) ?? 0) === 0) return nameFor(body, symbol, own.text);
  }
  const base = parts === "values" && ts.isIdentifier(name) ? `${name.text}Index` : "k";
  return freshName(body, base);
}

function firstName(pattern: ts.ArrayBindingPattern): ts.BindingName | undefined {
  const [first] = pattern.elements;
  return first && !ts.isOmittedExpression(first) ? first.name : undefined;
}

function bindItem(body: Body, name: ts.BindingName, parts: IterationParts, index: Expr, item: Expr): void {
  const declareOne = (target: ts.BindingName, part: Expr): void => {
    if (!ts.isIdentifier(target)) return bindPatternTo(body, target, part);
    const symbol = body.checker.getSymbolAtLocation(target);
    if (symbol && part.kind === "literal" && (body.assignments.get(symbol) ?? 0) === 0)
      return bind(body, symbol, { kind: "value", value: part }, target.text);
    if (symbol && part === index && index.kind === "var" && nameFor(body, symbol, target.text) === index.name) {
      return bind(body, symbol, { kind: "var", name: index.name, type: index.type, mutable: false }, target.text);
    }
    declareName(body, target, part);
  };
  if (parts === "keys") return declareOne(name, index);
  if (parts === "values") return declareOne(name, item);
  if (!ts.isArrayBindingPattern(name)) {
    refuse(body, name, "TG1001", "An entry that is not taken apart", "Write for (const [i, x] of xs.entries()).");
    return;
  }
  for (const [i, element] of name.elements.entries()) {
    if (!ts.isOmittedExpression(element)) declareOne(element.name, i === 0 ? index : item);
  }
}
