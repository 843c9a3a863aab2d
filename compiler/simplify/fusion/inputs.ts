/** What a group takes from outside of it. */
import type { Expr, Var } from "../../ir/types.ts";
import type { Group } from "./groups.ts";

export interface NarrowInput {
  readonly tensor: Var;
  readonly axis?: Expr | undefined;
  readonly along?: Expr | undefined;
}

/** The tensors that a group takes from outside. */
export interface Inputs {
  readonly full: readonly Var[];
  /** That may have fewer elements, with the axes that they lack, or that they have. */
  readonly narrow: readonly NarrowInput[];
  readonly scalars: readonly Var[];
  /** Of which only the shape is asked. */
  readonly witnesses: readonly Var[];
}

export function inputsOf(group: Group): Inputs {
  const own = new Set(group.members.map(({ stmt }) => stmt.name));
  const seen = new Set<string>();
  const from = (list: readonly Var[]): Var[] =>
    list.filter(({ name }) => !own.has(name) && !seen.has(name) && seen.add(name) !== undefined);
  const full = from(group.members.flatMap((member) => member.full.filter(({ name }) => !member.narrow.has(name))));
  const narrow = group.members.flatMap((member): NarrowInput[] => {
    const repeated = from(member.full.filter(({ name }) => member.narrow.has(name)));
    const spread = from(member.spread === undefined ? [] : [member.spread.tensor]);
    const along = from(member.along?.tensors ?? []);
    return [
      ...repeated.map((tensor) => ({ tensor })),
      ...along.map((tensor) => ({ tensor, along: member.along?.axes })),
      ...spread.map((tensor) => ({ tensor, axis: member.spread?.axis })),
    ];
  });
  const scalars = from(group.members.flatMap((member) => member.scalars));
  const isFull = new Set(full.map(({ name }) => name));
  const witnesses = group.members.flatMap(({ witness }) =>
    witness === undefined || own.has(witness.name) || isFull.has(witness.name) ? [] : [witness],
  );
  return {
    full,
    narrow,
    scalars,
    witnesses: witnesses.filter(({ name }, k) => witnesses.findIndex((each) => each.name === name) === k),
  };
}
