/** A project of any size, with the shapes that numeric code has: loops, branches, helpers of other files, objects, in-place steps. */
export interface SizeOfProject {
  readonly files: number;
  readonly functionsPerFile: number;
}

/** File names, relative to the project's folder, and their texts. */
export function makeProject({ files, functionsPerFile }: SizeOfProject): ReadonlyMap<string, string> {
  const sources = Array.from({ length: files }, (_, n) => {
    const functions = Array.from({ length: functionsPerFile }, (_, k) => shapes[k % shapes.length]!(n, k));
    return [`src/model${String(n)}.ts`, [...imports(n), "", ...functions].join("\n")] as const;
  });
  return new Map([
    ["tsconfig.json", `${JSON.stringify(tsconfig, undefined, 2)}\n`],
    ["package.json", `${JSON.stringify({ name: "many", private: true, type: "module" })}\n`],
    ["src/shared.ts", shared],
    ...sources,
  ]);
}

const tsconfig = {
  compilerOptions: { strict: true, target: "es2022", module: "nodenext", noEmit: true },
  include: ["src"],
};

const shared = `import type { int } from "tsgrad";

export interface Spring {
  readonly stiffness: number;
  readonly damping: number;
  readonly length: int;
}

export function smooth(x: number): number {
  return x > 20 ? x : Math.log1p(Math.exp(x));
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
`;

/** Each file leads to the one before it, in chains of eight. */
const imports = (n: number): readonly string[] => [
  `import type { int } from "tsgrad";`,
  `import { dot, smooth, type Spring } from "./shared.js";`,
  ...(n % 8 === 0 ? [] : [`import { weight${String(n - 1)} } from "./model${String(n - 1)}.js";`]),
  "",
  `export function weight${String(n)}(x: number): number {`,
  `  return ${n % 8 === 0 ? "smooth(x)" : `weight${String(n - 1)}(x) * 0.5`} + ${String(n)};`,
  `}`,
];

type Shape = (n: number, k: number) => string;

const shapes: readonly Shape[] = [
  (n, k) => `/** @differentiable */
export function energy${String(k)}(x: Float64Array, spring: Spring): number {
  let sum = 0;
  for (let i = 0; i + spring.length < x.length; i++) {
    const stretch = x[i + spring.length] - x[i] - ${String(k + 1)};
    if (stretch > 0) sum += 0.5 * spring.stiffness * stretch * stretch;
    else sum += weight${String(n)}(stretch) * spring.damping;
  }
  return sum;
}
`,
  (_, k) => `/** @differentiable grad */
export function iterate${String(k)}(a: number, b: number): number {
  let y = a;
  let n = 0;
  // tsgrad-ignore TG3106 - the number of turns is meant to be fixed
  while (Math.abs(y) < 1e3 && n < 50) {
    y = y * y + b;
    n++;
    if (y < -${String(k + 2)}) break;
  }
  return smooth(y);
}
`,
  (_, k) => `/** @differentiable vjp */
export function step${String(k)}(state: Float64Array, rate: number, steps: int): void {
  for (let s = 0; s < steps; s++) {
    for (let i = 1; i + 1 < state.length; i++) state[i] += rate * (state[i - 1] - 2 * state[i] + state[i + 1]);
    state[0] = Math.tanh(state[0] * ${String(k + 1)});
  }
}
`,
  (_, k) => `/** @differentiable jvp valueAndGrad */
export function mix${String(k)}(x: Float64Array, w: Float64Array): number {
  const hidden = new Float64Array(w.length);
  for (let i = 0; i < w.length; i++) hidden[i] = Math.tanh(w[i] * x[i % x.length] + ${String(k)});
  return dot(hidden, w) / Math.sqrt(1 + dot(x, x));
}
`,
  (n, k) => `/** @differentiable vjp jvp */
export function price${String(k)}(spot: number, strike: number, volatility: number, years: number): number {
  const d1 = (Math.log(spot / strike) + 0.5 * volatility ** 2 * years) / (volatility * Math.sqrt(years));
  const d2 = d1 - volatility * Math.sqrt(years);
  return spot * smooth(d1) - strike * smooth(d2) * Math.exp(-0.0${String((n % 9) + 1)} * years);
}
`,
];
