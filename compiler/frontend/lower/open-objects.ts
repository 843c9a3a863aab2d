/** Objects of module scope that other files may change. Whether one does is not looked at: what is generated hangs on the source only. */
import type { ts } from "ts-morph";
import type { ModuleVariable } from "./constants.ts";
import { isExported } from "./resolve.ts";
import { isReadOnlyField } from "./types.ts";

/**
 * Whether other files may write into a field of what a constant holds, or into any without a `field`, for all that its type
 * says. Functions are let be.
 */
export function isOpen(checker: ts.TypeChecker, declaration: ModuleVariable, field?: string): boolean {
  const symbol = checker.getSymbolAtLocation(declaration.name);
  const statement = declaration.parent.parent;
  if (symbol && !isExported(checker, symbol, statement, statement.getSourceFile())) return false;
  const isFixed = (property: ts.Symbol): boolean =>
    checker.getTypeOfSymbol(property).getCallSignatures().length > 0 || isReadOnlyField(property);
  const fields = checker.getTypeAtLocation(declaration.name).getProperties();
  return !fields.filter(({ name }) => field === undefined || name === field).every(isFixed);
}
