/** The annotation of a program: what it is differentiated towards, in which modes. Its outputs have to be clear. */
import { form, isDifferentiable, isMemory, isStruct, isStructs, leaf } from "./ast.ts";
import type { Param, Program, Shape, Stmt, Type } from "./ast.ts";
import { isBatchable } from "./batches.ts";
import { withCheckpoints } from "./checkpoints.ts";
import { memoryOf, writesIntoObject } from "./memory.ts";
import type { Random } from "./random.ts";
import { asVariable, count, literal, read } from "./scope.ts";
import { numberPaths } from "./shapes.ts";
import { markedPlace } from "./statements.ts";

/** Adds plain writes where needed, and the annotation; undefined where the outputs are not clear. */
export function annotated(random: Random, draft: Program): Program | undefined {
  const program = withPlainWrites(draft);
  const memory = program === undefined ? undefined : memoryOf(program);
  if (program === undefined || memory === undefined || memory.unclear.length > 0) return undefined;
  if (memory.written.length === 0 && !memory.returns) return undefined;
  const { params } = program.main;
  const differentiable = params.filter((param) => isDifferentiable(param.type));
  const byDefault = differentiable.filter((param) => !memory.written.includes(params.indexOf(param)));
  let wrt: readonly string[] | undefined;
  if (byDefault.length === 0 || writesIntoObject(program, memory) || random.chance(0.6)) {
    const chosen = differentiable.filter(() => random.chance(0.75));
    wrt = (chosen.length > 0 ? chosen : [random.pick(differentiable)]).map((param) => param.name);
  }
  const scalar = memory.returns && program.main.result === "number" && memory.written.length === 0;
  const modes = ["vjp", "jvp"];
  if (random.chance(0.35)) modes.push("pullback");
  if (random.chance(0.2)) modes.push("vjpInto");
  const single = memory.written.length + Number(memory.returns) === 1;
  if (single && rectangular(program) && random.chance(0.2)) modes.push("jacobian");
  // Where functions call themselves, second order is always looked at.
  const recursive = program.helpers.some((helper) => helper.params.some((param) => param.name === "depth"));
  if (scalar && (random.chance(0.5) || recursive)) modes.push("hvp");
  if (scalar && random.chance(0.2)) modes.push("valueAndGrad");
  const nested = scalar && (random.chance(0.5) || recursive) && nestable(program, wrt);
  if (nested || (scalar && random.chance(0.2))) modes.push("grad");
  const isPure = memory.returns && memory.written.length === 0;
  if (isBatchable(program, isPure) && random.chance(0.3)) modes.push("batch");
  const whole = withCheckpoints(random, program);
  return { ...whole, modes, nested, ...(wrt === undefined ? {} : { wrt }) };
}

/** Whether nothing has rows that may differ in length or is made of objects, nor a parameter that may be left out. */
function rectangular({ main }: Program): boolean {
  const isFlat = (type: Type): boolean => type !== "nested" && !isStruct(type) && !isStructs(type);
  if (!isFlat(main.result)) return false;
  return main.params.every((p) => isFlat(p.type) && p.defaultText === undefined && p.optional !== true);
}

/** Whether the gradient with respect to the only parameter in wrt is a number or a Float64Array. */
function nestable(program: Program, wrt: readonly string[] | undefined): boolean {
  if (wrt?.length !== 1) return false;
  const param = program.main.params.find((one) => one.name === wrt[0]);
  if (param?.defaultText !== undefined || param?.optional === true) return false;
  return param?.type === "number" || param?.type === "f64";
}

function withPlainWrites(program: Program): Program | undefined {
  const memory = memoryOf(program);
  if (memory === undefined) return undefined;
  const { main } = program;
  const missing = main.params.filter((param) => memory.unclear.includes(param.name));
  // A void function needs something to write.
  const first = main.params.find((param) => isMemory(param.type) && isDifferentiable(param.type) && isWritable(param));
  if (missing.length === 0 && !memory.returns && memory.written.length === 0) {
    if (first === undefined) return undefined;
    missing.push(first);
  }
  if (missing.length === 0) return program;
  if (!missing.every(isWritable)) return undefined;
  return {
    ...program,
    main: { ...main, body: [...missing.map((param) => plainWrite(program.shapes, param)), ...main.body] },
  };
}

export function isWritable(param: Param): boolean {
  const { guard, fixed } = asVariable(param);
  return guard === undefined && fixed !== true;
}

/** `a[0] *= 0.9;` */
export function plainWrite(shapes: readonly Shape[], param: Param): Stmt {
  const variable = asVariable(param);
  if (isStruct(param.type)) {
    const name = `${param.name}${numberPaths(shapes, param.type)[0] ?? ""}`;
    const target = leaf("number", name, "variable");
    return { kind: "expr", expr: { ...form("number", "compound", "# *= #", target, literal(0.9)), rebinds: [name] } };
  }
  const path = isStructs(param.type) ? (numberPaths(shapes, param.type)[0] ?? "") : "";
  const target =
    param.type === "nested"
      ? form("number", "element", "#[0]", { ...form("list", "element", "#[0]", read(variable)), shares: [0] })
      : form(param.type === "indices" ? "int" : "number", "element", `#[#]${path}`, read(variable), count(0));
  if (param.type === "indices")
    return { kind: "expr", expr: form("int", "compound", "# += #", markedPlace(target), count(1)) };
  return { kind: "expr", expr: form("number", "compound", "# *= #", markedPlace(target), literal(0.9)) };
}
