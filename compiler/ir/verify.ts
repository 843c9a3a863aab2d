/** Checks the invariants that `ir/types.ts` states. Run on the result of every pass in tests. */
import { isAllocation, isTensorSum } from "./ask.ts";
import { at, elementType, fieldOf, isNumeric, isReference, sameType } from "./build.ts";
import { printExpr, printType } from "./print.ts";
import { keeperMethod } from "./keepers.ts";
import { absenceOf, presentType } from "./presence.ts";
import { copyTogether, runtimeName } from "./runtime.ts";
import type { Block, Expr, Func, Pattern, Program, Stmt, Type } from "./types.ts";
import { childrenOf } from "./visit.ts";

/** The faults of every function; with `program`, calls are checked against it. */
export function verifyProgram(program: Program): string[] {
  return [...program.values()].flatMap((func) => verify(func, program));
}

/** The faults of one function; empty when all is well. */
export function verify(func: Func, program?: Program): string[] {
  const verifier = makeVerifier(program);
  verifier.func(func);
  return verifier.faults.map((fault) => `${func.name}: ${fault}`);
}

interface Variable {
  readonly type: Type;
  readonly mutable: boolean;
}

function makeVerifier(program: Program | undefined) {
  const faults: string[] = [];
  const declared = new Set<string>();
  /** The variables in scope, innermost last. */
  const scopes: Map<string, Variable>[] = [];
  const labels: string[] = [];
  let result: Type = { kind: "void" };

  const fault = (text: string): void => {
    faults.push(text);
  };

  function declare(name: string, type: Type, mutable: boolean): void {
    if (declared.has(name)) fault(`${name} is declared twice`);
    declared.add(name);
    scopes.at(-1)?.set(name, { type, mutable });
  }

  function lookUp(name: string): Variable | undefined {
    const found = scopes.findLast((scope) => scope.has(name))?.get(name);
    if (!found) fault(`${name} is used ${declared.has(name) ? "outside of its scope" : "before it is declared"}`);
    return found;
  }

  function inScope(run: () => void): void {
    scopes.push(new Map());
    run();
    scopes.pop();
  }

  /** An operand: pure, so never an allocation. */
  function operand(e: Expr): void {
    if (isAllocation(e)) fault(`${printExpr(e)} is not a whole right-hand side`);
    if (e.kind === "tuple") fault(`the tuple ${printExpr(e)} is an operand`);
    expr(e);
  }

  function expr(e: Expr): void {
    // `given ?? new Float64Array(n)`, the whole of a right-hand side, may allocate.
    if (e.kind === "nullish" && isAllocation(e.right)) {
      operand(e.left);
      return expr(e.right);
    }
    for (const child of childrenOf(e)) {
      // A list that is written out, also of lists.
      if ((e.kind === "tensorOp" || e.kind === "tuple") && child.kind === "tuple") expr(child);
      else operand(child);
    }
    switch (e.kind) {
      case "var": {
        const variable = lookUp(e.name);
        if (variable && !fits(variable.type, e.type)) {
          fault(`${e.name} is ${printType(variable.type)} and read as ${printType(e.type)}`);
        }
        return;
      }
      case "op":
        return checkOp(e);
      case "select":
      case "logic":
        return need(e.kind === "select" ? e.test : e.left, "boolean", e);
      case "index":
        // A tuple that came in as one parameter is taken apart so.
        if (e.array.type.kind !== "tuple") arrayOperand(e.array, e);
        return position(e.array, e.index, e);
      case "length":
        return e.array.type.kind === "tuple" ? undefined : arrayOperand(e.array, e);
      case "zeros":
      case "holes":
        return need(e.length, "numeric", e);
      case "zerosLike":
        return e.type.kind === "tensor" ? undefined : arrayOperand(e.array, e);
      case "copy":
      case "deepCopy":
        return arrayOperand(isStopped(e.array) ? e.array.args[0]! : e.array, e);
      case "view":
        return arrayOperand(e.array, e);
      case "foreign":
        if (e.texts.length !== e.args.length + 1)
          fault(`${printExpr(e)} has ${String(e.texts.length)} texts for ${String(e.args.length)} arguments`);
        return;
      case "tap":
        if (program && !program.has(e.tap)) fault(`the tap ${e.tap} is no function of the program`);
        return;
      default:
        return;
    }
  }

  /** A field of a record, or a number. */
  function position(array: Expr, index: Expr, where: Expr): void {
    const type = presentType(array.type);
    if (type.kind !== "record") return need(index, "numeric", where);
    if (fieldOf(type, index) === undefined) fault(`${printExpr(index)} is no field of ${printExpr(array)}`);
  }

  function arrayOperand(array: Expr, where: Expr): void {
    // Nothing writes into the shape of a tensor.
    const isShape = array.kind === "foreign" && array.texts[1] === ".shape";
    if (array.kind !== "var" && array.kind !== "index" && array.kind !== "constant" && !isShape) {
      fault(`${printExpr(array)} in ${printExpr(where)} is neither a variable nor an element`);
    }
    if (!isReference(array.type))
      fault(`${printExpr(array)} in ${printExpr(where)} is ${printType(array.type)}, not an array`);
  }

  function need(e: Expr, what: "boolean" | "numeric", where: Expr): void {
    const ok = what === "boolean" ? e.type.kind === "boolean" : isNumeric(e.type);
    if (!ok) fault(`${printExpr(e)} in ${printExpr(where)} is ${printType(e.type)}, not ${what}`);
  }

  function checkOp(e: Extract<Expr, { kind: "op" }>): void {
    const [first, second] = e.args;
    if (e.args.length !== arityOf(e.op, e.args.length)) fault(`${printExpr(e)} has ${String(e.args.length)} operands`);
    if (takesAnything.has(e.op)) return;
    if (ordering.has(e.op) && first?.type.kind === "string" && second?.type.kind === "string") return;
    if (isTensorSum(e)) return;
    for (const arg of e.args) need(arg, "numeric", e);
  }

  function pattern(p: Pattern, mutable = false): void {
    if (p.kind === "name") declare(p.name, p.type, mutable);
    else if (p.kind === "tuple") for (const item of p.items) pattern(item, mutable);
  }

  function block(stmts: Block): void {
    inScope(() => {
      stmts.forEach(stmt);
    });
  }

  function stmt(s: Stmt): void {
    switch (s.kind) {
      case "let":
        if (s.init) {
          expr(s.init);
          agree(s.init.type, s.type, `const ${s.name}`);
        } else if (!s.mutable) fault(`${s.name} is constant and has no value`);
        return declare(s.name, s.type, s.mutable);
      case "assign": {
        expr(s.value);
        const variable = lookUp(s.name);
        if (variable && !variable.mutable) fault(`${s.name} is constant and assigned`);
        if (variable) agree(s.value.type, variable.type, s.name);
        return;
      }
      case "store":
      case "accumulate":
      case "fill":
      case "append":
        operand(s.array);
        arrayOperand(s.array, s.array);
        operand(s.value);
        if (s.kind === "store" || s.kind === "accumulate") {
          operand(s.index);
          const place = at(s.array, s.index);
          position(s.array, s.index, place);
          if (isReference(s.array.type)) agree(s.value.type, place.type, printExpr(place));
        } else if (isReference(s.array.type))
          agree(s.value.type, elementType(s.array.type), `an element of ${printExpr(s.array)}`);
        return;
      case "set":
        operand(s.target);
        operand(s.source);
        if (s.offset) operand(s.offset);
        arrayOperand(s.target, s.target);
        return arrayOperand(s.source, s.target);
      case "shrink":
        operand(s.array);
        arrayOperand(s.array, s.array);
        if (s.target !== undefined) declare(s.target, s.type ?? elementType(s.array.type), false);
        return;
      case "if":
        operand(s.test);
        need(s.test, "boolean", s.test);
        block(s.then);
        return block(s.else);
      case "for":
        operand(s.start);
        need(s.start, "numeric", s.start);
        if (s.step === 0) fault(`the loop over ${s.name} has step 0`);
        if (s.exit !== undefined) lookUp(s.exit);
        return inScope(() => {
          declare(s.name, { kind: "int" }, false);
          operand(s.bound);
          need(s.bound, "numeric", s.bound);
          block(s.body);
        });
      case "while":
        operand(s.test);
        need(s.test, "boolean", s.test);
        if (s.exit !== undefined) lookUp(s.exit);
        return block(s.body);
      case "call":
        s.args.forEach(argument);
        checkCall(s);
        // A reverse sweep goes on with earlier values in copies.
        return pattern(s.target, s.callee === copyTogether);
      case "apply":
        lookUp(s.callee);
        s.args.forEach(argument);
        return pattern(s.target);
      case "closure": {
        const outer = result;
        declare(s.name, { kind: "function", params: s.func.params, result: s.func.result }, false);
        functionBody(s.func);
        result = outer;
        return;
      }
      case "effect":
        return operand(s.call);
      case "throw":
        return operand(s.value);
      case "push":
        tape(s.tape);
        return operand(s.value);
      case "pop":
        tape(s.tape);
        // A reverse sweep takes a variable off a tape and goes on with its earlier values.
        if (s.declare) declare(s.target, s.type, true);
        else lookUp(s.target);
        return;
      case "return":
        if (s.value) {
          argument(s.value);
          agree(s.value.type, result, "the result");
        } else if (result.kind !== "void" && result.kind !== "maybe") fault("a return has no value");
        return;
      case "comment":
        return;
      case "block":
        if (labels.includes(s.label)) fault(`the label ${s.label} is used twice`);
        labels.push(s.label);
        block(s.body);
        labels.pop();
        return;
      case "exit":
        if (!labels.includes(s.label)) fault(`exit leaves ${s.label}, which is not around it`);
    }
  }

  /** Tuples stand in returns and arguments, nested too. */
  function argument(e: Expr): void {
    if (e.kind === "tuple") e.items.forEach(argument);
    else operand(e);
  }

  function checkCall(s: Extract<Stmt, { kind: "call" }>): void {
    if (!program || runtimeName(s.callee) !== undefined || keeperMethod(s.callee) !== undefined) return;
    const callee = program.get(s.callee);
    if (!callee) return fault(`${s.callee} is no function of the program`);
    if (s.args.length !== callee.params.length) {
      return fault(
        `${s.callee} is called with ${String(s.args.length)} arguments and has ${String(callee.params.length)} parameters`,
      );
    }
    callee.params.forEach((param, i) => {
      const arg = s.args[i];
      if (arg) agree(arg.type, param.type, `${param.name} of ${s.callee}`);
    });
  }

  function tape(name: string): void {
    const variable = lookUp(name);
    if (variable && variable.type.kind !== "tape") fault(`${name} is no tape`);
  }

  function agree(from: Type, to: Type, what: string): void {
    if (!fits(from, to)) fault(`${what} is ${printType(to)} and gets ${printType(from)}`);
  }

  function functionBody(func: Func): void {
    inScope(() => {
      for (const param of func.params) {
        if (param.defaultValue) operand(param.defaultValue);
        declare(param.name, param.type, false);
      }
      result = func.result;
      block(func.body);
    });
  }

  return { faults, func: functionBody };
}

/** Whether a value of one type may stand where the other is wanted. `int` is a promise of the user's, not a check. */
function fits(from: Type, to: Type): boolean {
  if (isNumeric(from) && isNumeric(to)) return true;
  if (to.kind === "maybe") {
    const isTold = absenceOf(from) === undefined || to.absence === "either" || absenceOf(from) === absenceOf(to);
    return isTold && (presentType(from).kind === "void" || fits(presentType(from), to.type));
  }
  // A narrowed variable is read at the type that is left.
  if (from.kind === "maybe") return fits(from.type, to) || to.kind === "void";
  if (from.kind === "list" && to.kind === "list") return fits(from.element, to.element);
  if (from.kind === "record" && to.kind === "record") {
    return to.fields.every((field) => {
      const given = from.fields.find((f) => f.name === field.name);
      return given === undefined ? field.optional === true : fits(given.type, field.type);
    });
  }
  if (from.kind === "tuple" && to.kind === "tuple") {
    return from.items.length === to.items.length && from.items.every((item, i) => fits(item, to.items[i]!));
  }
  return sameType(from, to);
}

/** A copy of what is stopped has no derivative. */
const isStopped = (e: Expr): e is Extract<Expr, { kind: "op" }> => e.kind === "op" && e.op === "stop";
const takesAnything = new Set<string>(["eq", "ne", "not", "stop", "toNumber"]);
const ordering = new Set<string>(["lt", "le", "gt", "ge"]);

function arityOf(op: string, given: number): number {
  if (op === "max" || op === "min" || op === "hypot") return given;
  return binary.has(op) ? 2 : 1;
}

const binary = new Set(
  "add sub mul div mod pow atan2 imul bitand bitor bitxor shl shr ushr lt le gt ge eq ne carry".split(" "),
);
