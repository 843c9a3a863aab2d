/** A value and its gradient, both of which belong to the same point. */
export type Valued = readonly [value: number, gradient: ArrayLike<number>];

export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** The value before each iteration, and at the end. */
  readonly course: readonly number[];
}

/** How many steps the Hessian is remembered by. */
const memory = 12;

interface Curvature {
  readonly step: Float64Array;
  readonly change: Float64Array;
}

/**
 * Minimises by the limited-memory method of Broyden, Fletcher, Goldfarb and Shanno (Nocedal and Wright, Numerical
 * Optimization, 2006, algorithm 7.5), with steps that are halved until the value falls. It ends where the largest element of the
 * gradient is no larger than `smallest`, or where no step helps.
 */
export function minimise(
  valueAndGrad: (at: Float64Array) => Valued,
  start: ArrayLike<number>,
  { mostIterations = 200, smallest = 1e-8 } = {},
): Minimum {
  let at: Float64Array = Float64Array.from(start);
  let [value, gradient] = evaluate(valueAndGrad, at);
  const course = [value];
  let curvatures: Curvature[] = [];
  let iterations = 0;
  while (iterations < mostIterations && largest(gradient) > smallest) {
    const direction = newtonStep(curvatures, gradient);
    const slope = dot(direction, gradient);
    const found = slope < 0 ? search(valueAndGrad, { at, value, slope, direction }) : undefined;
    if (found === undefined) {
      if (curvatures.length === 0) break;
      curvatures = [];
      continue;
    }
    const step = found.at.map((x, i) => x - at[i]);
    const change = found.gradient.map((g, i) => g - gradient[i]);
    if (dot(step, change) > 0) curvatures = [...curvatures, { step, change }].slice(-memory);
    ({ at, value, gradient } = found);
    course.push(value);
    iterations++;
  }
  return { at, value, iterations, course };
}

interface Line {
  readonly at: Float64Array;
  readonly value: number;
  readonly slope: number;
  readonly direction: Float64Array;
}

/** The first point along the line at which the value has fallen enough; steps become half as long. */
function search(
  valueAndGrad: (at: Float64Array) => Valued,
  { at, value, slope, direction }: Line,
): { at: Float64Array; value: number; gradient: Float64Array } | undefined {
  for (let length = 1; length > 1e-12; length /= 2) {
    const next = at.map((x, i) => x + length * direction[i]);
    const [reached, gradient] = evaluate(valueAndGrad, next);
    if (reached <= value + 1e-4 * length * slope && Number.isFinite(largest(gradient)))
      return { at: next, value: reached, gradient };
  }
  return undefined;
}

/** Minus the inverse Hessian times the gradient, as far as the curvatures tell. */
function newtonStep(curvatures: readonly Curvature[], gradient: Float64Array): Float64Array {
  const direction = gradient.map((g) => -g);
  const weights = curvatures.map(() => 0);
  for (let k = curvatures.length - 1; k >= 0; k--) {
    const { step, change } = curvatures[k];
    weights[k] = dot(step, direction) / dot(step, change);
    addScaled(direction, change, -weights[k]);
  }
  const last = curvatures.at(-1);
  // Without knowledge of the curvature, a first step that is no longer than 1.
  const unit = last ? dot(last.step, last.change) / dot(last.change, last.change) : 1 / Math.max(norm(gradient), 1);
  direction.forEach((d, i) => (direction[i] = unit * d));
  curvatures.forEach(({ step, change }, k) => {
    addScaled(direction, step, weights[k] - dot(change, direction) / dot(step, change));
  });
  return direction;
}

function evaluate(valueAndGrad: (at: Float64Array) => Valued, at: Float64Array): [number, Float64Array] {
  const [value, gradient] = valueAndGrad(at);
  return [value, Float64Array.from(gradient)];
}

function addScaled(to: Float64Array, values: Float64Array, by: number): void {
  values.forEach((value, i) => (to[i] += by * value));
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));
const largest = (a: Float64Array): number => a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
