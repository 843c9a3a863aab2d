/** Values of a few that carry no derivative: texts and enums, tables that they are the keys of, `as const` tables of numbers. */
import { form, isChoice, leaf, shapeName } from "./ast.ts";
import type { Case, Choice, ChoiceType, Expr, Stmt } from "./ast.ts";
import { boolean, integer, number } from "./expressions.ts";
import type { Sized } from "./expressions.ts";
import type { Random } from "./random.ts";
import { count, read } from "./scope.ts";
import type { Scope, Variable } from "./scope.ts";
import { block } from "./statements.ts";

const words = ["soft", "hard", "none"] as const;
const titles = ["Low", "Mid", "High"] as const;

/** The choices of a program, mostly one. */
export function makeChoices(random: Random, names: Set<string>): Choice[] {
  const made: Choice[] = [];
  const wanted = random.weighted([
    [4, 1],
    [1, 2],
  ] as const);
  while (made.length < wanted) {
    const choice = makeChoice(random);
    if (names.has(choice.name)) continue;
    names.add(choice.name);
    made.push(choice);
  }
  return made;
}

function makeChoice(random: Random): Choice {
  const members = random.between(2, 3);
  const kind = random.pick(["texts", "enum", "text enum"] as const);
  if (kind === "texts") {
    return { name: "Mode", kind, members: words.slice(0, members).map((value) => ({ text: `"${value}"`, value })) };
  }
  const name = kind === "enum" ? "Level" : "Kind";
  const first = random.below(3);
  const valueOf = (title: string, i: number): number | string => (kind === "enum" ? first + i : title.toLowerCase());
  return {
    name,
    kind,
    members: titles.slice(0, members).map((title, i) => ({ text: `${name}.${title}`, value: valueOf(title, i) })),
  };
}

export function choiceOf(scope: Scope, type: ChoiceType): Choice {
  const choice = scope.style.choices.find((one) => one.name === shapeName(type));
  if (choice === undefined) throw new Error(`no choice ${type}`);
  return choice;
}

/** A member, or one of two by a test. The assertion keeps TypeScript from knowing which. */
export function choiceValue(scope: Scope, type: ChoiceType): Expr {
  const { random } = scope;
  const choice = choiceOf(scope, type);
  const known = scope.of(type);
  if (known.length > 0 && random.chance(0.4))
    return form(type, "chosen again", `(# as ${choice.name})`, read(random.pick(known)));
  const [a, b] = [random.pick(choice.members), random.pick(choice.members)];
  if (a === b) return leaf(type, `(${a.text} as ${choice.name})`, "member");
  return form(type, "chosen member", `((# ? ${a.text} : ${b.text}) as ${choice.name})`, boolean(scope, 1));
}

export function declareChoice(scope: Scope): Stmt[] | undefined {
  const { random, style } = scope;
  if (style.choices.length === 0) return undefined;
  const type: ChoiceType = `choice ${random.pick(style.choices).name}`;
  const init = choiceValue(scope, type);
  const name = scope.fresh(random.pick(["way", "mode", "sort"]));
  scope.declare({ name, type, mutable: false, least: 0 });
  return [{ kind: "let", tag: `choice: ${init.tag}`, constant: true, name, type, annotated: random.chance(0.5), init }];
}

/** TypeScript takes a variable for what it was found to be, so each is compared at one place only. */
function untold(scope: Scope): readonly Variable[] {
  return scope.variables.filter((v) => isChoice(v.type) && !scope.told.has(v.name));
}

/** `mode === "soft"`. */
export function choiceTest(scope: Scope): Expr | undefined {
  const found = untold(scope);
  if (found.length === 0) return undefined;
  const variable = scope.random.pick(found);
  if (!isChoice(variable.type)) return undefined;
  scope.told.add(variable.name);
  const { kind, members } = choiceOf(scope, variable.type);
  const operator = scope.random.pick(["===", "!=="]);
  const { text } = scope.random.pick(members);
  return form("boolean", `test of ${kind}`, `# ${operator} ${text}`, read(variable));
}

/** A switch over all members, or over some with a default. */
export function switchOverChoice(scope: Scope): Stmt[] | undefined {
  const { random } = scope;
  const found = untold(scope);
  if (found.length === 0) return undefined;
  const variable = random.pick(found);
  if (!isChoice(variable.type)) return undefined;
  scope.told.add(variable.name);
  const { members } = choiceOf(scope, variable.type);
  const named = random.chance(0.5) ? members : members.slice(0, -1);
  scope.targets.push({ label: undefined, loop: false });
  const cases = named.map(({ text }) => switchCase(scope, text));
  if (named.length < members.length) cases.push(switchCase(scope, undefined));
  scope.targets.pop();
  return [{ kind: "switch", subject: read(variable), cases }];
}

/** A clause that nothing falls out of. */
export function switchCase(scope: Scope, value: string | undefined): Case {
  const body = block(scope, 3);
  const last = body.at(-1)?.kind;
  if (last === "jump" || last === "return" || last === "throw") return { value, body };
  return { value, body: [...body, { kind: "jump", word: "break" }] };
}

/** Constants of the module that are `as const`: a table of numbers, and for texts what each stands for. */
export function constantTables(
  random: Random,
  choices: readonly Choice[],
): { readonly texts: string[]; readonly variables: Variable[] } {
  const texts: string[] = [];
  const variables: Variable[] = [];
  const digits = (): string => String(Math.round(random.uniform(-1.5, 1.5) * 100) / 100);
  if (random.chance(0.4)) {
    const rows = Array.from({ length: 3 }, () => `[${digits()}, ${digits()}]`);
    texts.push(`const TABLE = [${rows.join(", ")}] as const;`);
    variables.push({ name: "TABLE", type: "table", mutable: false, least: 3 });
  }
  for (const choice of choices) {
    const name = `OF_${choice.name.toUpperCase()}`;
    const rows = choice.members.map(({ text }) => {
      const key = choice.kind === "texts" ? text.slice(1, -1) : `[${text}]`;
      return `${key}: { gain: ${digits()}, shift: ${digits()} }`;
    });
    texts.push(`const ${name} = { ${rows.join(", ")} } as const;`);
  }
  return { texts, variables };
}

/** `TABLE[i % 3][1]`, `OF_MODE[mode].gain`. */
export function tableValue(scope: Scope): Sized | undefined {
  const { random } = scope;
  const tables = scope.of("table");
  const choices = scope.variables.filter((v) => isChoice(v.type));
  if (choices.length > 0 && (tables.length === 0 || random.chance(0.6))) {
    const key = random.pick(choices);
    const table = `OF_${shapeName(key.type).toUpperCase()}`;
    const field = random.pick(["gain", "shift"]);
    return { expr: form("number", "table by choice", `${table}[#].${field}`, read(key)), size: 2 };
  }
  if (tables.length === 0) return undefined;
  const at = random.chance(0.5) ? count(random.below(3)) : form("int", "remainder", "(#) % 3", integer(scope, 1));
  const template = `#[#][${String(random.below(2))}]`;
  return { expr: form("number", "constant table", template, read(random.pick(tables)), at), size: 2 };
}

/** `for (const [c, w] of TABLE)`. */
export function overTable(scope: Scope): Stmt[] | undefined {
  const tables = scope.of("table");
  if (tables.length === 0) return undefined;
  const names = [scope.fresh("node"), scope.fresh("weight")];
  const head = form("void", "head", `for (const [${names.join(", ")}] of #)`, read(scope.random.pick(tables)));
  const body = scope.within(() => {
    for (const name of names) scope.declare({ name, type: "number", mutable: false, least: 0 });
    scope.loops++;
    scope.targets.push({ label: undefined, loop: true });
    const made = block(scope, 3);
    scope.targets.pop();
    scope.loops--;
    const target = scope.of("number", (v) => v.mutable && v.optional !== true && v.name !== names[0])[0];
    if (target === undefined) return made;
    const value = form("number", "times", "# * #", number(scope, 1, 1), read({ ...target, name: names[1] ?? "" }));
    const add = form("number", "compound", "# += #", read(target), value);
    return [
      { kind: "expr", expr: { ...add, rebinds: [target.name] } } as const,
      { kind: "block", body: made } as const,
    ];
  });
  return [{ kind: "loop", tag: "for of constant rows", head, body }];
}
