/** Rose, which compiles functions of numbers and vectors to WebAssembly, in float64. */
import { add, compile, Dual, fn, mul, neg, opaque, Real, Vec, vec, vjp } from "rose";

const sin = opaque([Real], Real, Math.sin);
const cos = opaque([Real], Real, Math.cos);
sin.jvp = fn([Dual], Dual, ({ re, du }) => ({ re: sin(re), du: mul(du, cos(re)) }));
cos.jvp = fn([Dual], Dual, ({ re, du }) => ({ re: cos(re), du: neg(mul(du, sin(re))) }));

const wave = (x) => {
  const square = mul(x, x);
  return add(square, sin(square));
};

/** Vectors have a fixed length, and it takes long to compile long ones. */
const longest = 1000;

const problems = {
  waves: async ({ x, v }) => {
    if (x.length > longest) return undefined;
    const row = Vec(x.length, Real);
    const f = fn([row], row, (xs) => vec(x.length, Real, (i) => wave(xs[i])));
    const gradient = await compile(fn([row, row], row, (xs, along) => vjp(f)(xs).grad(along)));
    const [ofX, ofV] = [Array.from(x), Array.from(v)];
    return () => [gradient(ofX, ofV)];
  },
};

export const libraries = () => Promise.resolve([{ name: "rose 0.4.10", exact: true, solvers: problems }]);
