/** What is known of values is followed from statement to statement: branches that may run are joined, and so are the rounds of loops. */
import { ts } from "ts-morph";
import type { Frame, Interpreter } from "./interpreter.ts";
import { type Env, eachOf, joinedEnvs, type Known, nameless, numberOf, sameKnown } from "./known.ts";
import { knownOfType } from "./stated.ts";

/** Lists that are written out are gone through member by member up to this length. */
const longest = 16;

/** Runs the statements; false where what comes after them never does. */
export function runBody(on: Interpreter, block: ts.Block | ts.CaseOrDefaultClause, frame: Frame): boolean {
  for (const statement of block.statements) if (!run(on, statement, frame)) return false;
  return true;
}

function run(on: Interpreter, statement: ts.Statement, frame: Frame): boolean {
  const { isSure } = frame;
  // A condition that shapes decide leaves it as what runs does.
  const test = ts.isIfStatement(statement) ? on.of(statement.expression, frame) : undefined;
  if (ts.isIfStatement(statement) && test?.kind === "truth") {
    const taken = test.value ? statement.thenStatement : statement.elseStatement;
    return taken === undefined || run(on, taken, frame);
  }
  const goesOn = runOne(on, statement, frame);
  frame.isSure = isSure && !mayLeave(statement);
  return goesOn;
}

function runOne(on: Interpreter, statement: ts.Statement, frame: Frame): boolean {
  if (ts.isBlock(statement)) return runBody(on, statement, frame);
  if (ts.isVariableStatement(statement)) {
    declare(on, statement.declarationList, frame);
    return true;
  }
  if (ts.isExpressionStatement(statement)) {
    on.of(statement.expression, frame);
    return true;
  }
  if (ts.isReturnStatement(statement)) {
    const { expression } = statement;
    frame.returns.push(expression && on.structureOf(expression, on.of(expression, frame)));
    return false;
  }
  if (ts.isThrowStatement(statement)) {
    on.of(statement.expression, frame);
    return false;
  }
  if (ts.isIfStatement(statement)) return branch(on, statement, frame);
  if (ts.isIterationStatement(statement, false)) return loop(on, statement, frame);
  if (ts.isLabeledStatement(statement)) return runOne(on, statement.statement, frame);
  if (ts.isBreakOrContinueStatement(statement)) {
    const around = statement.label ? frame.jumps : frame.jumps.slice(-1);
    for (const jumps of around) jumps.push(new Map(frame.env));
    return false;
  }
  if (ts.isFunctionDeclaration(statement)) {
    on.functionAt(statement, frame);
    return true;
  }
  if (ts.isSwitchStatement(statement)) return choose(on, statement, frame);
  return true;
}

function declare(on: Interpreter, { declarations }: ts.VariableDeclarationList, frame: Frame): void {
  for (const { name, initializer, type } of declarations) {
    const known = initializer && on.structureOf(initializer, on.of(initializer, frame));
    const stated = type && knownOfType(on.checker, on.checker.getTypeAtLocation(type), type);
    on.bind(name, stated?.kind === "tensor" ? stated : (known ?? stated), frame);
  }
}

/** Runs what may not be run; gives what is known then, if something comes after it. */
function perhaps(frame: Frame, from: Env, body: () => boolean): Env | undefined {
  frame.env = new Map(from);
  frame.isSure = false;
  return body() ? frame.env : undefined;
}

function goOnWith(frame: Frame, ends: readonly (Env | undefined)[]): boolean {
  const [first, ...others] = ends.filter((end) => end !== undefined);
  if (first === undefined) return false;
  frame.env = new Map(joinedEnvs(first, ...others));
  return true;
}

/** Both sides of a condition that is not decided. */
function branch(on: Interpreter, { thenStatement, elseStatement }: ts.IfStatement, frame: Frame): boolean {
  const before = frame.env;
  return goOnWith(frame, [
    perhaps(frame, before, () => run(on, thenStatement, frame)),
    elseStatement === undefined ? before : perhaps(frame, before, () => run(on, elseStatement, frame)),
  ]);
}

function choose(on: Interpreter, statement: ts.SwitchStatement, frame: Frame): boolean {
  on.of(statement.expression, frame);
  const before = frame.env;
  const jumps: Env[] = [];
  frame.jumps.push(jumps);
  let last: Env | undefined;
  for (const clause of statement.caseBlock.clauses)
    last = perhaps(frame, last === undefined ? before : joinedEnvs(before, last), () => runBody(on, clause, frame));
  frame.jumps.pop();
  const isWhole = statement.caseBlock.clauses.some(ts.isDefaultClause);
  return goOnWith(frame, [last, ...jumps, isWhole ? undefined : before]);
}

function loop(on: Interpreter, statement: ts.IterationStatement, frame: Frame): boolean {
  if (ts.isForStatement(statement) && statement.initializer) {
    if (ts.isVariableDeclarationList(statement.initializer)) declare(on, statement.initializer, frame);
    else on.of(statement.initializer, frame);
  }
  const list = ts.isForOfStatement(statement) ? membersOf(on, statement.expression, frame) : undefined;
  if (ts.isForInStatement(statement)) on.of(statement.expression, frame);
  const before: Env = new Map(frame.env);
  const round = (from: Env, member: Known | undefined): Env | undefined => {
    const jumps: Env[] = [];
    frame.jumps.push(jumps);
    const end = perhaps(frame, from, () => {
      bindMember(on, statement, member, frame);
      if (ts.isForStatement(statement) && statement.condition) on.of(statement.condition, frame);
      if (ts.isWhileStatement(statement)) on.of(statement.expression, frame);
      const goesOn = run(on, statement.statement, frame);
      if (goesOn && ts.isForStatement(statement) && statement.incrementor) on.of(statement.incrementor, frame);
      if (goesOn && ts.isDoStatement(statement)) on.of(statement.expression, frame);
      return goesOn;
    });
    frame.jumps.pop();
    const ends = [end, ...jumps].filter((env) => env !== undefined);
    return ends[0] && joinedEnvs(ends[0], ...ends.slice(1));
  };
  const rounds = list?.kind === "items" && list.items.length <= longest ? list.items : undefined;
  frame.env = new Map(rounds ? inTurn(before, rounds, round) : again(before, eachMember(list), round));
  return true;
}

/** One round for each member of a list that is known. */
function inTurn(
  before: Env,
  members: readonly (Known | undefined)[],
  round: (from: Env, member: Known | undefined) => Env | undefined,
): Env {
  let now = before;
  let left: Env | undefined;
  for (const member of members) {
    const end = round(now, member);
    if (end === undefined) return left === undefined ? now : joinedEnvs(now, left);
    left = left === undefined ? end : joinedEnvs(left, end);
    now = restrictedTo(before, end);
  }
  return members.length === 0 ? before : joinedEnvs(now, left!);
}

/** Rounds until nothing new is known: the first, the second with what the first has made, and all others at once. */
function again(
  before: Env,
  member: Known | undefined,
  round: (from: Env, member: Known | undefined) => Env | undefined,
): Env {
  const first = round(before, member);
  if (first === undefined || isSame(before, first)) return before;
  const second = round(restrictedTo(before, first, nameless), member);
  let all = restrictedTo(before, joinedEnvs(before, first, ...(second ? [second] : [])));
  for (let k = 0; k < 3; k++) {
    const end = round(all, member);
    const next = end === undefined ? all : restrictedTo(before, joinedEnvs(all, end));
    if (isSame(all, next)) return all;
    all = next;
  }
  return new Map([...before].map(([symbol, known]) => [symbol, isStill(symbol, known, all) ? known : undefined]));
}

const isStill = (symbol: ts.Symbol, known: Known | undefined, env: Env): boolean => sameKnown(known, env.get(symbol));

/** What is known of the variables that were there before. */
function restrictedTo(
  before: Env,
  env: Env,
  change: (known: Known | undefined) => Known | undefined = (known) => known,
): Env {
  return new Map(
    [...before].map(([symbol, known]) => [symbol, env.get(symbol) === known ? known : change(env.get(symbol))]),
  );
}

const isSame = (before: Env, env: Env): boolean => [...before].every(([symbol, known]) => isStill(symbol, known, env));

function bindMember(on: Interpreter, statement: ts.IterationStatement, member: Known | undefined, frame: Frame): void {
  if (!ts.isForOfStatement(statement)) return;
  const { initializer } = statement;
  if (ts.isVariableDeclarationList(initializer))
    for (const { name } of initializer.declarations) on.bind(name, member, frame);
}

/** The members that a loop goes through. */
function membersOf(on: Interpreter, node: ts.Expression, frame: Frame): Known | undefined {
  const isEntries =
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === "entries";
  if (!isEntries) return on.structureOf(node, on.of(node, frame));
  const { expression } = node.expression;
  const list = on.structureOf(expression, on.of(expression, frame));
  const pair = (member: Known | undefined, k?: number): Known => ({ kind: "items", items: [numberOf(k), member] });
  if (list?.kind === "items") return { kind: "items", items: list.items.map(pair) };
  return list?.kind === "each" ? { kind: "each", each: pair(list.each) } : undefined;
}

function eachMember(list: Known | undefined): Known | undefined {
  const each = eachOf(list);
  return each === "none" ? undefined : each;
}

/** Whether a statement may end the function. */
function mayLeave(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  return (
    ts.isReturnStatement(node) ||
    ts.isThrowStatement(node) ||
    (ts.forEachChild(node, (child) => mayLeave(child) || undefined) ?? false)
  );
}
