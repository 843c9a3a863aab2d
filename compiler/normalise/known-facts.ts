/** What is known of variables, elements and lengths while the statements of a function are gone through. */
import type { Expr, Stmt } from "../ir/types.ts";
import { assignedVariables, declaredNames, rootName, sameExpr, someStmt, walkExpr, writtenArray } from "../ir/visit.ts";

export type Value = number | boolean | string | undefined;

/** What a variable, an element or a length is, or is not. */
export interface Fact {
  readonly place: Expr;
  readonly is: boolean;
  readonly value: Value;
}

/** What holds where a variable is true, and where it is false. */
export interface Answers {
  readonly yes: readonly Fact[];
  readonly no: readonly Fact[];
}

/** Facts by the variable that their place begins with, so that no statement has to go through all of them. */
export class Facts {
  readonly #byRoot: Map<string, readonly Fact[]>;
  /** The variables whose facts are of memory, or mention other variables: `a[i]`. */
  readonly #deep: Set<string>;
  /** What the answers that variables hold say of others. */
  readonly #answers: Map<string, Answers>;

  private constructor(byRoot: Map<string, readonly Fact[]>, deep: Set<string>, answers: Map<string, Answers>) {
    this.#byRoot = byRoot;
    this.#deep = deep;
    this.#answers = answers;
  }

  static of(facts: readonly Fact[]): Facts {
    const made = new Facts(new Map(), new Set(), new Map());
    made.learn(facts);
    return made;
  }

  /** The same with more: what is learned or forgotten then does not show here. */
  with(facts: readonly Fact[]): Facts {
    const made = new Facts(new Map(this.#byRoot), new Set(this.#deep), new Map(this.#answers));
    made.learn(facts);
    return made;
  }

  /** What is known of other variables where one that holds an answer is true, or false. */
  behind(name: string, answer: boolean): readonly Fact[] {
    return this.#answers.get(name)?.[answer ? "yes" : "no"] ?? [];
  }

  learnAnswers(name: string, { yes, no }: Answers): void {
    const isOther = ({ place }: Fact): boolean => rootOf(place) !== name;
    if (yes.length + no.length > 0) this.#answers.set(name, { yes: yes.filter(isOther), no: no.filter(isOther) });
  }

  /** What is known of a place. */
  about(place: Expr): readonly Fact[] {
    const all = this.#byRoot.get(rootOf(place) ?? "");
    return all === undefined ? [] : all.filter((fact) => sameExpr(fact.place, place));
  }

  learn(facts: readonly Fact[]): void {
    for (const fact of facts) {
      const root = rootOf(fact.place);
      if (root === undefined) continue;
      this.#byRoot.set(root, [...(this.#byRoot.get(root) ?? []), fact]);
      if (fact.place.kind !== "var") this.#deep.add(root);
    }
  }

  /** Variables of these that are surely undefined. */
  absent(names: Iterable<string>): readonly Fact[] {
    return [...names].flatMap((name) => {
      const fact = this.#byRoot
        .get(name)
        ?.find(({ place, is, value }) => place.kind === "var" && is && value === undefined);
      return fact === undefined ? [] : [fact];
    });
  }

  /** Forgets what does not hold whatever the statement does. */
  forget(stmt: Stmt): void {
    if (this.#byRoot.size === 0 && this.#answers.size === 0) return;
    const changed = assignedVariables([stmt]);
    for (const name of declaredNames([stmt])) changed.add(name);
    for (const name of changed) this.#byRoot.delete(name);
    const writes = someStmt([stmt], (s) => s.kind === "call" || s.kind === "apply" || writtenArray(s) !== undefined);
    if (changed.size === 0 && !writes) return;
    for (const [name, { yes, no }] of this.#answers) {
      const holds = ({ place }: Fact): boolean => !mayChange(place, changed, writes);
      if (changed.has(name)) this.#answers.delete(name);
      else this.#answers.set(name, { yes: yes.filter(holds), no: no.filter(holds) });
    }
    for (const root of this.#deep) {
      const left = (this.#byRoot.get(root) ?? []).filter(({ place }) => !mayChange(place, changed, writes));
      if (left.length === 0) this.#byRoot.delete(root);
      else this.#byRoot.set(root, left);
      if (left.every(({ place }) => place.kind === "var")) this.#deep.delete(root);
    }
  }
}

/** The variable that a place begins with. */
function rootOf(place: Expr): string | undefined {
  return rootName(place.kind === "length" ? place.array : place);
}

function mayChange(place: Expr, changed: ReadonlySet<string>, writes: boolean): boolean {
  let found = false;
  walkExpr(place, (e) => {
    if (e.kind === "var" ? changed.has(e.name) : writes && canBeWritten(e)) found = true;
  });
  return found;
}

/** Memory that a write may change; the length of a typed array stays. */
function canBeWritten(e: Expr): boolean {
  return e.kind === "index" || (e.kind === "length" && e.array.type.kind !== "typed");
}
