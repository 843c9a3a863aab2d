/** Functions of the module that take functions or give them back, and what can be done with functions of every sort. */
import type { Names, Sorts, World } from "../dense/grammar.ts";

const prelude = [
  "type Fn = (t: number) => number;",
  "interface Call {\n  (t: number): number;\n}",
  "interface Options {\n  readonly fn?: Fn;\n  readonly gain?: number;\n}",
  "interface Bundle {\n  f: Fn;\n  k: number;\n}",
  `function compose(f: Fn, g: Fn): Fn {
  return (t) => f(g(t));
}`,
  "const twice = (f: Fn): Fn => (t) => f(f(t));",
  `function chain(...fs: Fn[]): Fn {
  return (t) => fs.reduce((s, f) => f(s), t);
}`,
  "const scaleBy = (k: number) => (t: number): number => t * k;",
  `function shifted(f: Fn, by: number): Fn {
  let at = by;
  return (t) => {
    at *= 0.9;
    return f(t + at);
  };
}`,
  `function pickOf(i: number): Fn {
  switch (i) {
    case 1:
      return Math.sin;
    case 2:
      return (t) => t * 0.4;
    default:
      return Math.tanh;
  }
}`,
  `function integrate(f: Fn, a: number, b: number, n: number): number {
  const h = (b - a) / n;
  let s = 0.5 * (f(a) + f(b));
  for (let i = 1; i < n; i++) s += f(a + i * h);
  return s * h;
}`,
  `function newton(f: Fn, df: Fn, x0: number): number {
  let z = x0;
  for (let i = 0; i < 3; i++) {
    const step = f(z) / (4 + Math.tanh(df(z)));
    if (Math.abs(step) < 1e-9) return z;
    z -= step;
  }
  return z;
}`,
  `function rk4(rhs: (t: number, y: number) => number, y0: number, t0: number, h: number, n: number): number {
  let y = y0;
  let t = t0;
  for (let i = 0; i < n; i++) {
    const k1 = rhs(t, y);
    const k2 = rhs(t + h / 2, y + (h / 2) * k1);
    const k3 = rhs(t + h / 2, y + (h / 2) * k2);
    const k4 = rhs(t + h, y + h * k3);
    y += (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
    t += h;
  }
  return y;
}`,
  `function euler(rhs: (t: number, u: number[]) => number[], u0: readonly number[], n: number): number[] {
  let u = [...u0];
  for (let i = 0; i < n; i++) {
    const du = rhs(i * 0.1, u);
    u = u.map((t, j) => t + 0.1 * du[j]);
  }
  return u;
}`,
  `function fold(ts: readonly number[], f: (s: number, t: number) => number, start: number): number {
  let s = start;
  for (const t of ts) s = f(s, t);
  return s;
}`,
  `function foldEnd(ts: readonly number[], f: (s: number, t: number) => number, start: number, i = 0): number {
  return i >= ts.length ? start : foldEnd(ts, f, f(start, ts[i]), i + 1);
}`,
  `function each(ts: readonly number[], act: (t: number) => void): void {
  for (let i = 0; i < ts.length; i++) act(ts[i]);
}`,
  "function applyTo(f: Fn, t: number): number {\n  return f(t);\n}",
  "function relay(f: Fn, t: number): number {\n  return applyTo((s) => f(s) + 0.1, t) * 0.5;\n}",
  "function withDefault(t: number, f: Fn = Math.sin): number {\n  return f(t) * t;\n}",
  `function withOptions(t: number, options: Options = {}): number {
  return (options.fn?.(t) ?? t) * (options.gain ?? 1);
}`,
  `function withFields(t: number, { fn = Math.tanh, gain = 0.5 }: Options = {}): number {
  return fn(t) + gain;
}`,
  `function whenGiven(t: number, f?: Fn): number {
  if (f === undefined) return t * 0.5;
  return f(t);
}`,
  "function same<T>(v: T): T {\n  return v;\n}",
  "function both<T, U>(a: T, b: T, f: (v: T) => U): [U, U] {\n  return [f(a), f(b)];\n}",
  `function doubled(v: number): number;
function doubled(v: number[]): number[];
function doubled(v: number | number[]): number | number[] {
  return typeof v === "number" ? v * 2 : v.map((t) => t * 2);
}`,
  `function sumAll(first: number, ...ts: number[]): number {
  return ts.reduce((s, t) => s * 0.7 + t, first);
}`,
  `function evens(n: number, t: number, f: Fn): number {
  return n <= 0 ? t : f(odds(n - 1, t * 0.7, f));
}

function odds(n: number, t: number, f: Fn): number {
  return n <= 0 ? f(t) : evens(n - 1, t + 0.1, f) * 0.8;
}`,
  `class Keeper {
  fn: Fn;
  k: number;
  constructor(fn: Fn, k: number) {
    this.fn = fn;
    this.k = k;
  }
  run(t: number): number {
    this.k *= 0.9;
    return this.fn(t) * this.k;
  }
  each(ts: readonly number[]): number {
    return ts.reduce((s, t) => s + this.fn(t) * this.k, 0);
  }
}`,
  `function bundle(f: Fn, k: number): Bundle {
  return { f: (t) => f(t) * k, k };
}`,
  `function counter(start: number): { next: () => number; add: (t: number) => void } {
  let at = start;
  return {
    next: () => (at = at * 0.5 + 0.3),
    add: (t) => {
      at += t;
    },
  };
}`,
  `function pairOf(k: number): [Fn, number] {
  return [(t) => t * k, k * 0.5];
}`,
];

/** What functions may be used in anywhere: in the main function and in those of the module. */
export const uses: Sorts = {
  num: [
    [5, "$callee(#)"],
    "$two(#, $atom)",
    "$tupler(#)[0]",
    "$tupler(#)[1]",
    "$recorder(#).p",
    "$lister(#)[1]",
    "$lister(#).reduce((<s>, <t>) => <s> + <t>)",
    "integrate($arg, 0.1, $atom, 3)",
    "newton($arg, $arg, $atom)",
    "rk4($rhs, $atom, 0, 0.2, 2)",
    "relay($arg, #)",
    "applyTo($arg, #)",
    "withDefault(#)",
    "withDefault(#, $arg)",
    "withOptions(#, $options)",
    "withFields(#, $options)",
    "whenGiven(#, $arg)",
    "whenGiven(#)",
    "same(#)",
    "both(#, $atom, $arg)[1]",
    "doubled(#)",
    "sumAll(#, #, $atom)",
    "0.5 * evens($index, $atom, $pure)",
    "fold([#, $atom], $rhs, #)",
    "$rest(#, $atom)",
    "$effect",
    "0.4 * $counted(2, #)",
  ],
  fn: [
    "Math.sin",
    "Math.tanh",
    "Math.atan",
    "compose($arg, $arg)",
    "twice($fn)",
    "chain($fn, $arg)",
    "scaleBy(#)",
    "shifted($fn, $atom)",
    "pickOf($index)",
    "bundle($arg, $atom).f",
    "(@ ? $chosen : $chosen)",
    "((<t>: number): number => <t> * #)",
  ],
  arg: [
    [4, "$fn"],
    [2, "(<t>) => <t> * #"],
    "(<t>) => $callee(<t>) * $atom",
    "(<t>) => (<t> > $atom ? # : <t> * $atom)",
    "(<t>) => { $place += <t> * 0.1; return # * <t>; }",
    "(<t>) => { if (<t> > $atom) return #; let <s> = <t>; for (let <i> = 0; <i> < 2; <i>++) <s> = <s> * 0.5 + $place; return <s>; }",
    "(<t>) => { const { a: <s>, b: <r> } = { a: <t> * #, b: $atom }; return <s> - <r>; }",
  ],
  callee: [[4, "$fn"]],
  rhs: ["(<s>, <t>) => <s> * $atom + Math.sin(<t>)", "(<s>, <t>) => $callee(<t>) - <s>", "$two", "Math.atan2"],
  two: ["blended", "Math.atan2"],
  // What functions that call themselves may be given: nothing that assigns to variables.
  pure: [
    "Math.sin",
    "scaleBy($atom)",
    "(<t>) => <t> * $atom",
    "(<t>) => (<t> > $atom ? <t> * 0.5 : $atom)",
    "twice((<t>) => Math.sin(<t>) + $atom)",
  ],
  puretwo: ["blended", "(<s>, <t>) => <s> * 0.5 + <t> * $atom", "(<s>, <t>) => (<t> > $atom ? <s> : <s> + <t>)"],
  // What a variable may be given now and then: functions without variables of their own.
  chosen: ["Math.sin", "Math.tanh"],
  free: [
    "Math.sin",
    "scaleBy(a)",
    "pickOf($index)",
    "(<t>: number) => <t> * $atom",
    "(<t>: number) => { $place += <t> * 0.1; return <t> * #; }",
  ],
  effect: ["Math.exp($atom)"],
  tupler: ["pairs", "((<t>: number): [number, number] => [<t> * #, $atom])"],
  recorder: ["records", "((<t>: number): Pair => ({ p: <t>, q: # }))"],
  lister: ["lists", "((<t>: number): number[] => [<t>, #, $atom])"],
  rest: ["sumAll", "Math.hypot", "Math.max"],
  counted: ["powered"],
  pred: ["(<t>) => <t> > $atom", "(<t>) => $callee(<t>) > 0.1"],
  proc: ["((<t>: number): void => { $place += <t> * 0.2; })"],
  swap: ["$place = 0.3"],
  options: ["{}", "{ fn: $arg }", "{ gain: # }", "{ fn: $arg, gain: $atom }"],
};

export const toolPrelude = [
  "const blended = (s: number, t: number): number => s * t * 0.5;",
  "const pairs = (t: number): [number, number] => [t * 0.5, Math.sin(t)];",
  "function records(t: number): Pair {\n  const q = t * t;\n  return { p: q * 0.3, q };\n}",
  "const lists = (t: number): number[] => [t, t * 0.2, 0.7];",
  "function powered(n: number, t: number): number {\n  return n <= 0 ? 1 : t * powered(n - 1, t);\n}",
];

/** What a holder of a function, once it has a name, is used as. */
const held: Names = {
  callee: ["<w>.run", "<w>.fn"],
  fn: ["<w>.run.bind(<w>)"],
  place: ["<w>.k"],
  arg: ["(t9: number) => <w>.run(t9)"],
};

export const library: World = {
  shapes: [],
  prelude: [...prelude, ...toolPrelude],
  given: [],
  head: [],
  sorts: {
    ...uses,
    num: [
      ...(uses.num ?? []),
      "fold($list, $rhs, #)",
      "0.5 * foldEnd($list, $puretwo, $atom)",
      "$list.map($arg)[1]",
      "$list.reduce($rhs, #)",
      "$list.filter($pred).length",
      "($list.find($pred) ?? #)",
      "($list.every($pred) ? # : $atom)",
      "($list.some($pred) ? # : $atom)",
      "$list.toSorted((<s>, <t>) => <s> - <t>)[0]",
      "sumAll(#, ...$list)",
      "$two(...pair)",
      "$rest(...pair)",
      "doubled(ks)[0]",
      "(opts.fn?.(#) ?? $atom)",
      "withOptions(#, opts)",
      "euler((<t>, <u>) => <u>.map((<s>) => <s> * <t> + $callee(<s>)), [x, $atom], 2)[0]",
    ],
    arg: [
      ...(uses.arg ?? []),
      "(<t>) => { log.push(<t>); return <t> * #; }",
      "(<t>) => { count++; return <t> * count; }",
    ],
  },
  lines: [
    [2, "$place += $callee(#)"],
    [2, "$proc(#)"],
    "each($list, (<t>) => { $place += <t> * #; })",
    "each($list, $proc)",
    "xs.forEach((<t>, <i>) => { $place += $callee(<t>) * <i>; })",
    "{ const [<s>, <t>] = $tupler(#); $place = <s> * <t>; }",
    "{ const { p: <s>, q: <t> } = $recorder(#); $place += <s> - <t>; }",
    "o = $recorder(#)",
    "log.push(...$lister(#))",
    "[$place, $place] = $tupler(#)",
    "$swap",
    "$place = [#, $atom].map($arg).reduce((<s>, <t>) => <s> + <t>)",
  ],
  outer: [],
  bindings: [
    { text: "const <v> = $callee(#)", gives: { atom: ["<v>"] } },
    { text: "const <f> = $fn", gives: { fn: ["<f>"] } },
    { text: "const <f>: Fn = $arg", gives: { fn: ["<f>"] } },
    { text: "const <f> = compose($arg, $arg)", gives: { fn: ["<f>"] } },
    { text: "const <f> = @ ? $free : $free", gives: { fn: ["<f>"] } },
    { text: "const <r> = $recorder(#)", gives: { place: ["<r>.p", "<r>.q"] } },
    { text: "const <l> = $lister(#)", gives: { place: ["<l>[0]", "<l>[1]"], list: ["<l>"] } },
    { text: "const [<s>, <t>] = $tupler(#)", gives: { atom: ["<s>", "<t>"] } },
    { text: "const <fs>: Fn[] = [$arg, $arg]", gives: { callee: ["<fs>[0]", "<fs>[1]"], fn: ["<fs>[1]"] } },
    { text: "const <fs>: [Fn, Fn] = [$arg, $arg]", gives: { callee: ["<fs>[0]", "<fs>[1]"], fn: ["<fs>[0]"] } },
    { text: "const [<f>, <g>]: [Fn, Fn] = [$arg, $arg]", gives: { fn: ["<f>", "<g>"] } },
    { text: "const <fs> = { one: $fn, two: $fn }", gives: { callee: ["<fs>.one", '<fs>["two"]'], fn: ["<fs>.one"] } },
    { text: "const <w> = new Keeper($arg, #)", gives: held },
    { text: "const <w> = { fn: $fn, k: # }", gives: { callee: ["<w>.fn"], place: ["<w>.k"] } },
    { text: "const <w>: Bundle = { f: $arg, k: # }", gives: { callee: ["<w>.f"], fn: ["<w>.f"], place: ["<w>.k"] } },
    { text: "const <w> = bundle($arg, #)", gives: { callee: ["<w>.f"], fn: ["<w>.f"], place: ["<w>.k"] } },
    { text: "const { f: <f>, k: <k> } = bundle($arg, #)", gives: { fn: ["<f>"], atom: ["<k>"] } },
    { text: "const [<f>, <k>] = pairOf(#)", gives: { fn: ["<f>"], atom: ["<k>"] } },
    { text: "const { next: <f>, add: <g> } = counter(#)", gives: { effect: ["<f>()"], proc: ["<g>"] } },
    { text: "const <c> = counter(#)", gives: { effect: ["<c>.next()"], proc: ["<c>.add"] } },
    { text: "const <f> = shifted($fn, #)", gives: { fn: ["<f>"] } },
  ],
  loops: [
    { head: "for (const <f> of [$free, $free])", gives: { fn: ["<f>"] } },
    { head: "for (const <t> of [#, $atom].map($arg))", gives: { atom: ["<t>"] } },
    { head: "$list.forEach((<t>, <i>) =>", tail: ")", gives: { atom: ["<t>"], index: ["<i>"] } },
    { head: "each($list, (<t>) =>", tail: ")", gives: { atom: ["<t>"] } },
  ],
  terms: [],
  results: [],
};
