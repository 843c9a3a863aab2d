/** The language fence: what each kind of syntax that is not in the language is called, and what to write instead. */
import { ts } from "ts-morph";

export interface Refusal {
  readonly what: string;
  readonly hint: string;
}

const kinds = ts.SyntaxKind;

const classInFunction: Refusal = {
  what: "A class in a function",
  hint: "Declare it at module scope, and give it by its constructor what it uses of the function.",
};

const refusals: ReadonlyMap<ts.SyntaxKind, Refusal> = new Map<ts.SyntaxKind, Refusal>([
  [kinds.ObjectLiteralExpression, { what: "An object", hint: "Use variables, tuples or arrays." }],
  [kinds.BigIntLiteral, { what: "A bigint", hint: "Use number." }],
  [kinds.RegularExpressionLiteral, { what: "A regular expression", hint: "Work on texts outside and pass numbers." }],
  [kinds.ThisKeyword, { what: "this", hint: "Pass what it holds as a parameter." }],
  [kinds.SuperKeyword, { what: "super", hint: "Write a function of module scope." }],
  [kinds.AwaitExpression, { what: "await", hint: "Wait outside and pass the value as a parameter." }],
  [kinds.YieldExpression, { what: "yield", hint: "Return an array." }],
  [kinds.DeleteExpression, { what: "delete", hint: "Write a new value instead." }],
  [
    kinds.TypeOfExpression,
    { what: "typeof", hint: "Write one function for each type, or test for undefined with ===." },
  ],
  [kinds.TaggedTemplateExpression, { what: "A tagged template", hint: "Call a function." }],
  [kinds.ClassExpression, classInFunction],
  [kinds.ClassDeclaration, classInFunction],
  [
    kinds.MetaProperty,
    { what: "import.meta or new.target", hint: "Compute the value outside and pass it as a parameter." },
  ],
  [kinds.SpreadElement, { what: "A spread here", hint: "Spread arrays into array literals or rest parameters only." }],
  [kinds.InKeyword, { what: "in", hint: "Compare an index with the length." }],
  [
    kinds.InstanceOfKeyword,
    {
      what: "instanceof",
      hint: 'Give the types a field that tells them apart, as in shape.kind === "circle", or write one function for each.',
    },
  ],
  [kinds.TryStatement, { what: "try", hint: "Test for the condition with if before it goes wrong." }],
  [kinds.WithStatement, { what: "with", hint: "Name the values." }],
  [kinds.DebuggerStatement, { what: "debugger", hint: "Remove it." }],
  [kinds.EnumDeclaration, { what: "An enum in a function", hint: "Declare it at module scope." }],
  [kinds.ModuleDeclaration, { what: "A namespace in a function", hint: "Declare it at module scope." }],
]);

/** What to say of a node that nothing in the language stands for. */
export function refusal(node: ts.Node): Refusal {
  const known = refusals.get(node.kind);
  if (known) return known;
  const text = node.getText().replace(/\s+/g, " ");
  return {
    what: text.length > 40 ? `${text.slice(0, 37)}...` : text,
    hint: "Write it with numbers, arrays, if and loops.",
  };
}
