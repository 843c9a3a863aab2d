/** Hand-written derivatives: finds the functions that `@vjpRule` and the like name, and checks their types. */
import { upperFirst } from "../ir/words.ts";
import { ts } from "ts-morph";
import { makeReport } from "../diagnostics/make.ts";
import type { Report } from "../diagnostics/report.ts";
import { parameterNames, type Annotation, type FunctionNode, type RuleKind } from "./annotations.ts";
import type { Signature } from "./generated-types.ts";
import { generatedName } from "./products.ts";
import { originOf } from "./positions.ts";
import type { Loaded } from "./program.ts";
import { isFunctionWithBody } from "./points-to.ts";
import { isPassive, shownType } from "./types-of.ts";

/** The rules of one function that are usable; problems go to `report`. */
export function resolveRules(
  loaded: Loaded,
  annotation: Annotation,
  report: (r: Report) => void,
): readonly { readonly kind: RuleKind; readonly node: FunctionNode }[] {
  const { checker } = loaded;
  const file = annotation.node.getSourceFile();
  return annotation.rules.flatMap(({ kind, name }) => {
    const meaning = ts.SymbolFlags.Value | ts.SymbolFlags.Alias;
    const local = checker.resolveName(name.text, annotation.node, meaning, false);
    const symbol = local && local.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(local) : local;
    const node = symbol?.valueDeclaration && functionOf(symbol.valueDeclaration);
    if (!symbol || !node) {
      const hint = name.text.includes(".")
        ? 'Import the function by its own name, as in import { … } from "./rules.ts".'
        : `Declare \`export function ${name.text}\` in this file or import it.`;
      report(makeReport("TG2012", name.origin, [`${kind}Rule`, name.text, hint]));
      return [];
    }
    if (!isExported(checker, symbol)) {
      report(makeReport("TG2013", name.origin, [name.text], declaredAt(symbol)));
      return [];
    }
    const expected = loaded.expectedRuleType(file.fileName, generatedName(annotation.stem, kind));
    const actual = checker.getTypeOfSymbol(symbol);
    if (expected && !(checker.isTypeAssignableTo(actual, expected) && takesAll(actual, expected))) {
      const text = shownType(checker, expected, undefined, ts.TypeFormatFlags.NoTruncation);
      const what = `${annotation.name}${upperFirst(kind)}`;
      report(makeReport("TG2014", name.origin, [name.text, what, text], declaredAt(symbol)));
      return [];
    }
    return [{ kind, node }];
  });
}

/** What keeps a function from having rules: the message, and what to do instead. */
export function obstacleToRule(
  { name, node, wrt, of }: Annotation,
  { inputs }: Signature,
): readonly [message: string, hint: string] | undefined {
  const filled = inputs.find((input) => input.written && !isPassive(input.shape));
  if (filled)
    return [
      `${name} writes into ${filled.name}, and a rule is for a function that leaves its arguments as they are`,
      "Put the rule on a function that returns what it computes, and write that where it is called.",
    ];
  const names = parameterNames(node);
  const part = wrt?.find((word) => !names.includes(word.text));
  const chosen = part ? `@wrt ${part.text}` : of ? `@of ${of.map((word) => word.text).join(", ")}` : undefined;
  return chosen === undefined
    ? undefined
    : [
        `${name} has ${chosen}, and a rule is for whole parameters and all that a function returns`,
        "Put the rule on a function of its own, which takes and returns just that.",
      ];
}

/** The positions of the parameters that `@wrt` names. */
export function parametersNamed({ node, wrt = [] }: Annotation): readonly number[] {
  const names = new Set(wrt.map((word) => word.text));
  return parameterNames(node).flatMap((name, i) => (name !== undefined && names.has(name) ? [i] : []));
}

function functionOf(declaration: ts.Declaration): FunctionNode | undefined {
  const node = ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
  return node && isFunctionWithBody(node) ? node : undefined;
}

/** Whether a rule has all the parameters: TypeScript lets a function leave out the last ones, such as the cotangent. */
function takesAll(actual: ts.Type, expected: ts.Type): boolean {
  const [own] = actual.getCallSignatures();
  const [wanted] = expected.getCallSignatures();
  if (!own || !wanted) return true;
  const rest = own.parameters.at(-1)?.valueDeclaration;
  const isOpen = rest !== undefined && ts.isParameter(rest) && rest.dotDotDotToken !== undefined;
  return isOpen || own.parameters.length >= wanted.parameters.length;
}

function isExported(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  const file = symbol.valueDeclaration?.getSourceFile();
  const module = file && checker.getSymbolAtLocation(file);
  if (!module) return false;
  return checker
    .getExportsOfModule(module)
    .some(
      (each) => each === symbol || (each.flags & ts.SymbolFlags.Alias && checker.getAliasedSymbol(each) === symbol),
    );
}

function declaredAt(symbol: ts.Symbol): Report["related"] {
  const name = symbol.valueDeclaration && ts.getNameOfDeclaration(symbol.valueDeclaration);
  return name ? [{ origin: originOf(name), message: `'${symbol.name}' is declared here.` }] : [];
}
