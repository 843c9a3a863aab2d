/** Whether functions keep something from call to call: a count, a cache, what they were last given. */
import { ts } from "ts-morph";
import { isAssigned } from "./assigned.ts";
import type { Callee, Closure } from "./callees.ts";
import { isReference } from "../../ir/build.ts";
import { presentType } from "../../ir/presence.ts";
import { isOnlyReadIn } from "./only-read.ts";
import { symbolOf } from "./resolve.ts";
import type { Scope } from "./scope.ts";
import type { Binding, Body } from "./state.ts";
import { holdsFunctions } from "./types.ts";

/** Whether calling what a binding stands for changes what it stands for. */
export function remembers(body: Body, binding: Binding): boolean {
  const seen = new Set<ts.Node>();

  const ofBinding = (known: Binding): boolean => {
    switch (known.kind) {
      case "function":
        return ofCallee(known.callee);
      case "list":
        return known.items.some(ofBinding);
      case "object": {
        const { fields, getters, asked, instance } = known;
        if ([...fields.values()].some((field) => field.kind === "var" && field.mutable)) return true;
        if (instance && ofInstance(instance.owner)) return true;
        return (
          [...fields.values()].some(ofBinding) ||
          [...(getters?.values() ?? [])].some(ofClosure) ||
          [...(asked?.values() ?? [])].some(ofCallee)
        );
      }
      case "var":
      case "value":
      case "tuple":
      case "broken":
        return false;
    }
  };

  const ofCallee = (callee: Callee): boolean => {
    if (callee.kind === "closure") return ofClosure(callee);
    if (callee.kind === "choice") return ofCallee(callee.yes) || ofCallee(callee.no);
    if (callee.kind === "derivative") return ofCallee(callee.of);
    return callee.kind === "slot";
  };

  const ofClosure = ({ node, scope }: Closure): boolean => {
    if (seen.has(node)) return false;
    seen.add(node);
    return scope !== undefined && captured(body.checker, node).some((name) => keeps(name, node, scope));
  };

  /** Whether a function changes what a variable around it holds, or calls there what remembers something. */
  const keeps = (name: ts.Identifier, node: Closure["node"], scope: Scope): boolean => {
    const symbol = symbolOf(body.checker, name);
    if (!symbol) return false;
    const known = scope.get(symbol);
    const declaration = symbol.valueDeclaration;
    if (!known && declaration && ts.isFunctionDeclaration(declaration)) {
      const around = scope.around(declaration);
      return around !== undefined && ofClosure({ kind: "closure", node: declaration, scope: around });
    }
    if (!known) return false;
    if (isAssigned(body.checker, symbol, node)) return true;
    if (known.kind === "function" || known.kind === "object" || known.kind === "list") return ofBinding(known);
    const type = known.kind === "value" ? known.value.type : known.kind === "broken" ? undefined : known.type;
    const isMemory = type !== undefined && (isReference(presentType(type)) || type.kind === "keeper");
    return isMemory && !isOnlyReadIn(body.checker, symbol, node);
  };

  /** Methods that change the arrays and objects in the fields. */
  const ofInstance = (owner: ts.ClassDeclaration): boolean => {
    const type = body.checker.getTypeAtLocation(owner);
    const members = owner.members.flatMap((member): readonly ts.Node[] => {
      if (ts.isConstructorDeclaration(member)) return [];
      return ts.isPropertyDeclaration(member) ? [member.initializer ?? []].flat() : [member];
    });
    return type.getProperties().some((property) => {
      if (property.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)) return false;
      if (holdsFunctions(body.all, body.checker.getTypeOfSymbol(property))) return false;
      return members.some((member) => !isOnlyReadIn(body.checker, property, member));
    });
  };

  return ofBinding(binding);
}

/** The names in a function that are declared outside of it. */
function captured(checker: ts.TypeChecker, node: Closure["node"]): readonly ts.Identifier[] {
  const names: ts.Identifier[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isTypeNode(child)) return;
    if (ts.isIdentifier(child)) {
      const declared = symbolOf(checker, child)?.valueDeclaration;
      const isInside = declared && ts.findAncestor(declared, (outer) => outer === node) !== undefined;
      if (declared && !isInside) names.push(child);
    }
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return names;
}
