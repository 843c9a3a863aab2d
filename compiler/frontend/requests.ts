/** What the annotation of one function asks for: which inputs, which outputs, and whether that can be. */
import { ts } from "ts-morph";
import { closest, didYouMean } from "../diagnostics/closest.ts";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import { batchedIn } from "./batched-types.ts";
import { checkInstances } from "./instances.ts";
import { parameterNames, type Annotation, type FunctionNode, type Word } from "./annotations.ts";
import {
  activeOutputs,
  defaultWrt,
  topLevelConst,
  type Input,
  type Output,
  type Signature,
} from "./generated-types.ts";
import { isSeveral } from "../ir/tensor-dims.ts";
import { fieldsOf, isPassive, shapeAt, shapeOf, type Shape } from "./types-of.ts";
import { scalarModes, type Mode, type OutputRef, type Wrt } from "./types.ts";

export const reverseModes: readonly Mode[] = ["vjp", "vjpInto", "pullback", "grad", "valueAndGrad"];

/** Parameters and fields of them in parameter order, then locals; undefined for every parameter that is not written. */
export function wrtOf(annotation: Annotation, signature: Signature): readonly Wrt[] | undefined {
  if (!annotation.wrt) return partsUnwritten(signature);
  const names = new Set(annotation.wrt.map((word) => word.text));
  const params = parameterNames(annotation.node).flatMap((name, index): readonly Wrt[] => {
    if (name === undefined) return [];
    if (names.delete(name)) return [{ kind: "param", index }];
    return [...names].flatMap((each): readonly Wrt[] => {
      const [head, ...path] = each.split(".");
      if (head !== name) return [];
      names.delete(each);
      return [{ kind: "param", index, path }];
    });
  });
  return [...params, ...[...names].map((name): Wrt => ({ kind: "local", name }))];
}

/** What is differentiated without `@wrt` where some parameter is written in part. */
function partsUnwritten(signature: Signature): readonly Wrt[] | undefined {
  const wanted = defaultWrt(signature);
  if (!wanted.some((index) => signature.inputs[index]!.written)) return undefined;
  return wanted.map((index): Wrt => {
    const { without } = signature.inputs[index]!.unwritten;
    return { kind: "param", index, ...(without.length > 0 && { without }) };
  });
}

/** The outputs that `@of` names: what is returned or parts of it, then parameters; undefined without it. */
export function outputsOf(annotation: Annotation): readonly OutputRef[] | undefined {
  if (!annotation.of) return undefined;
  const names = new Set(annotation.of.map((word) => word.text));
  const params = parameterNames(annotation.node).flatMap((name, index): readonly OutputRef[] =>
    name !== undefined && names.has(name) ? [{ kind: "param", index }] : [],
  );
  const returned = [...names].flatMap((name): readonly OutputRef[] => {
    const [head, ...path] = name.split(".");
    if (head !== "return") return [];
    return [path.length === 0 ? { kind: "return" } : { kind: "return", path }];
  });
  return [...returned, ...params];
}

/** The parameters with an axis in front, in parameter order; undefined where nothing is said. */
export function overOf({ over, node }: Annotation): readonly Wrt[] | undefined {
  const names = new Set(over?.map(({ text }) => text));
  return (
    over &&
    parameterNames(node).flatMap((name, index): Wrt[] =>
      name !== undefined && names.has(name) ? [{ kind: "param", index }] : [],
    )
  );
}

/** Reports what cannot be done. */
export function checkRequests(
  checker: ts.TypeChecker,
  annotation: Annotation,
  signature: Signature,
  report: (r: Report) => void,
): void {
  let valid = true;
  const say = (r: Report): void => {
    valid = false;
    report(r);
  };
  for (const word of annotation.wrt ?? []) checkWrt(checker, annotation, signature, word, say);
  for (const word of annotation.of ?? []) {
    checkOf(annotation, signature, word, say);
    checkOfBatch(annotation, signature, word, say);
  }
  for (const word of annotation.over ?? []) checkOver(annotation, signature, word, say);
  if (!annotation.tag || !valid) return;
  // Of a type that says nothing, it is said where it stands.
  const saysNothing = ({ shown }: { readonly shown: string }): boolean => /\b(?:any|unknown)\b/.test(shown);
  if (!annotation.wrt && defaultWrt(signature).length === 0 && !signature.inputs.some(saysNothing)) {
    const filled = signature.inputs.filter((input) => !isPassive(input.shape)).map((input) => input.name);
    const hint =
      filled.length > 0
        ? `It writes into ${filled.join(", ")}; name with @wrt what it reads and you want the derivative of.`
        : "Give it a parameter of type number, Float64Array, Float32Array or number[]; `int` is never differentiated. @wrt can also name a local const.";
    report(makeReport("TG2008", annotation.origin, [annotation.name, hint]));
  }
  checkInstances(checker, annotation, signature, report);
  const active = activeOutputs(annotation, signature);
  if (signature.outputs.some(saysNothing)) return;
  if (active.length === 0) report(makeReport("TG2009", annotation.origin, [annotation.name, wantsOutput]));
  else if (active.length > 1 || !isScalar(active[0])) {
    const written = active.filter(({ name }) => name !== "return").map(({ name }) => name);
    const returned = active.length > written.length ? "what it returns, and " : "";
    const what =
      active.length > 1
        ? `${String(active.length)} outputs: ${returned}${written.join(", ")}, which it may write into`
        : `an output of type ${active[0]?.shown ?? ""}`;
    for (const mode of annotation.modes.filter((asked) => scalarModes.includes(asked)))
      report(
        makeReport("TG2025", annotation.origin, [
          mode,
          annotation.name,
          what,
          "Use vjp or jacobian, or select one number with @of.",
        ]),
      );
  }
}

const wantsOutput = "Return a number or an array of numbers, or write into a Float64Array parameter.";

const isScalar = (output: Output | undefined): boolean =>
  output?.shape.kind === "number" || (output?.shape.kind === "tensor" && !isSeveral(output.dims));

function checkWrt(
  checker: ts.TypeChecker,
  annotation: Annotation,
  signature: Signature,
  word: Word,
  say: (r: Report) => void,
): void {
  const name = word.text;
  if (isNamedTwice(annotation.wrt, word, say)) return;
  const input = signature.inputs.find((each) => each.name === name);
  if (input) {
    if (isPassive(input.shape)) say(makeReport("TG2007", word.origin, [name, input.shown]));
    return;
  }
  const head = name.split(".", 1)[0] ?? name;
  const known = signature.inputs.map((each) => each.name);
  const local = topLevelConst(annotation.node, name);
  const owner = head === name ? undefined : signature.inputs.find((each) => each.name === head);
  if (owner) checkField(annotation, owner, word, say);
  else if (local) {
    const type = checker.getTypeAtLocation(local);
    if (isPassive(shapeOf(checker, type, local)))
      say(makeReport("TG2007", word.origin, [name, checker.typeToString(type)]));
    for (const mode of annotation.modes.filter((asked) => !reverseModes.includes(asked)))
      say(makeReport("TG2016", word.origin, [name, mode]));
  } else if (declares(annotation.node, name)) say(makeReport("TG2017", word.origin, [name]));
  else say(noParameter("wrt", annotation, known, word));
  if (owner && annotation.modes.includes("batch") && batchedIn(annotation, signature)(head)) {
    const why = `'${head}' has an axis in front, and so no field '${name}' of its own`;
    say(
      makeReport("TG2044", word.origin, [
        annotation.name,
        why,
        `Differentiate '${head}' as a whole, or leave it out of @batch: then it is the same for all examples.`,
      ]),
    );
  }
}

/** Results over a batch are lists, unless they are several. */
function checkOfBatch(annotation: Annotation, { outputs }: Signature, word: Word, say: (r: Report) => void): void {
  const [returned] = outputs;
  if (!annotation.modes.includes("batch") || !word.text.startsWith("return.") || returned?.shape.kind === "tuple")
    return;
  const why = `there is a list of what is returned, and so no '${word.text}'`;
  say(
    makeReport("TG2044", word.origin, [annotation.name, why, "Return a tuple, or differentiate all that is returned."]),
  );
}

function noParameter(tag: string, { name }: Annotation, known: readonly string[], word: Word): Report {
  const near = closest(word.text, known);
  const meant = near === undefined || near === word.text ? "" : `${didYouMean(near)} `;
  const hint = known.length === 0 ? "It has no parameters." : `${meant}Its parameters are ${known.join(", ")}.`;
  return makeReport("TG2006", word.origin, [tag, word.text, name, hint]);
}

function checkOver(annotation: Annotation, { inputs }: Signature, word: Word, say: (r: Report) => void): void {
  const known = inputs.map(({ name }) => name);
  if (!known.includes(word.text)) say(noParameter("batch", annotation, known, word));
  else if (!annotation.modes.includes("batch")) {
    const hint = "Write `@differentiable batch`, beside the other modes, or leave @batch out.";
    say(makeReport("TG2044", word.origin, [annotation.name, "the mode 'batch' is not asked for", hint]));
  }
}

/** `@wrt p.k`: there has to be such a field, always, and no other word that it is part of. */
function checkField(annotation: Annotation, owner: Input, word: Word, say: (r: Report) => void): void {
  const path = word.text.split(".").slice(1);
  if (isInWhole(annotation.wrt, word, say)) return;
  const found =
    owner.optional && owner.absent ? { stops: owner.shape, at: 0, absent: true } : shapeAt(owner.shape, path);
  if (!("stops" in found)) {
    if (isPassive(found.shape)) say(makeReport("TG2007", word.origin, [word.text, "a passive type"]));
    return;
  }
  const before = [owner.name, ...path.slice(0, found.at)].join(".");
  if ("absent" in found || found.stops.kind === "maybe") {
    const hint = `Give '${before}' a default, or pass the field as a parameter of its own.`;
    say(makeReport("TG2018", word.origin, [word.text, `'${before}' may be absent`, hint]));
  } else say(makeReport("TG2018", word.origin, [word.text, "there is no such field", fieldsHint(before, found.stops)]));
}

/** Whether the body declares a variable of this name anywhere. */
function declares(node: FunctionNode, name: string): boolean {
  const visit = (child: ts.Node): boolean => {
    const declaration = ts.isVariableDeclaration(child) || ts.isBindingElement(child) ? child : undefined;
    if (declaration && ts.isIdentifier(declaration.name) && declaration.name.text === name) return true;
    return ts.forEachChild(child, (inner) => visit(inner) || undefined) ?? false;
  };
  return node.body !== undefined && visit(node.body);
}

/** `@of return.k`: the same of a part of what is returned. */
function checkPart(annotation: Annotation, owner: Output, word: Word, say: (r: Report) => void): void {
  if (isInWhole(annotation.of, word, say)) return;
  const path = word.text.split(".").slice(1);
  const found = shapeAt(owner.shape, path);
  if (!("stops" in found) && !found.optional) {
    if (isPassive(found.shape)) say(makeReport("TG2011", word.origin, [word.text, "a passive type"]));
    return;
  }
  const at = "stops" in found ? found.at : path.length;
  const before = [owner.name, ...path.slice(0, at)].join(".");
  if (!("stops" in found) || found.stops.kind === "maybe")
    say(makeReport("TG2018", word.origin, [word.text, `'${before}' may be absent`, "Select what it is part of."]));
  else say(makeReport("TG2018", word.origin, [word.text, "there is no such field", fieldsHint(before, found.stops)]));
}

/** Reports a part of what another word asks for as a whole. */
function isInWhole(words: readonly Word[] | undefined, word: Word, say: (r: Report) => void): boolean {
  const whole = words?.find((other) => word.text.startsWith(`${other.text}.`));
  if (whole === undefined) return false;
  const why = `'${whole.text}' is asked for as a whole`;
  say(makeReport("TG2018", word.origin, [word.text, why, "Leave one of them out."]));
  return true;
}

/** Reports a word that stands there already. */
function isNamedTwice(words: readonly Word[] | undefined, word: Word, say: (r: Report) => void): boolean {
  if (words?.find((other) => other.text === word.text) === word || words?.includes(word) !== true) return false;
  say(makeReport("TG2018", word.origin, [word.text, "it is named twice", "Leave one of them out."]));
  return true;
}

function fieldsHint(owner: string, shape: Shape): string {
  const fields = fieldsOf(shape).map((field) => field.name);
  return fields.length === 0 ? `'${owner}' has no fields.` : `The fields of '${owner}' are ${fields.join(", ")}.`;
}

function checkOf(annotation: Annotation, signature: Signature, word: Word, say: (r: Report) => void): void {
  const name = word.text;
  const output = signature.outputs.find((each) => each.name === name);
  const owner = signature.outputs.find((each) => name.startsWith(`${each.name}.`));
  if (output) {
    if (isPassive(output.shape)) say(makeReport("TG2011", word.origin, [name, output.shown]));
  } else if (owner?.name === "return") checkPart(annotation, owner, word, say);
  else if (owner) {
    const hint = "Name the parameter, or return the part that is meant.";
    say(makeReport("TG2018", word.origin, [name, "@of takes parts of what is returned only", hint]));
  } else {
    const outputs = signature.outputs.map((each) => each.name).join(", ") || "there are none";
    say(makeReport("TG2010", word.origin, [name, annotation.name, outputs]));
  }
}
