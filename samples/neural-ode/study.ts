import { leaves, withLeaves } from "../show/leaves.ts";
import { minimise } from "../show/minimise.ts";
import { plot, type Point } from "../show/plot.ts";
import { randomNumbers } from "../show/random.ts";
import { vanishes, type Study } from "../show/study.ts";
import { episodeLossValueAndGrad } from "./dynamics.grad.ts";
import { episodeLoss, fieldOf, trajectory, type Field } from "./dynamics.ts";
import { Network } from "./network.ts";

/** The spiral of Chen et al., Neural Ordinary Differential Equations (2018), and of the example of torchdiffeq. */
const spiral: Field = ([x, y]) => [-0.1 * x ** 3 - 2 * y ** 3, 2 * x ** 3 - 0.1 * y ** 3];
const start = [2, 0];
const h = 0.05;
const steps = 500;

export function study(): Study {
  const random = randomNumbers(2018);
  const truth = trajectory(spiral, start, h, steps);
  // Short stretches of the trajectory, of which each has to be followed from its first point.
  const length = 10;
  const episodes = Array.from({ length: steps / length }, (_, k) =>
    truth.slice(k * length, (k + 1) * length + 1).map((place) => [...place]),
  );
  const untrained = Network.random(2, 16, 2, () => 0.5 * random.normal());
  const fit = minimise(
    (parameters) => {
      const [loss, slopes] = episodeLossValueAndGrad(withLeaves(untrained, parameters), episodes, h);
      return [loss, leaves(slopes)];
    },
    leaves(untrained),
    { mostIterations: 300 },
  );
  const trained = withLeaves(untrained, fit.at);
  const learned = trajectory(fieldOf(trained), start, h, steps);
  const guessed = trajectory(fieldOf(untrained), start, h, steps);
  const away = guessed.findIndex(([x, y]) => Math.hypot(x, y) > 2.5);
  // A start that no episode has seen.
  const elsewhere = [0, 1.6];
  const other = trajectory(spiral, elsewhere, h, steps);
  const otherLearned = trajectory(fieldOf(trained), elsewhere, h, steps);

  return {
    title: "A neural ordinary differential equation learns a spiral",
    tables: [
      {
        head: ["", "before", "after"],
        rows: [
          ["mean squared distance in the episodes", episodeLoss(untrained, episodes, h), fit.value],
          ["distance along the whole trajectory", distance(guessed, truth), distance(learned, truth)],
          [
            "distance from a start that was not seen",
            distance(trajectory(fieldOf(untrained), elsewhere, h, steps), other),
            distance(otherLearned, other),
          ],
        ],
      },
    ],
    checks: [
      vanishes("mean squared distance in the episodes", fit.value, 1e-5),
      vanishes("distance along the whole trajectory", distance(learned, truth), 0.2),
      vanishes("distance from a start that was not seen", distance(otherLearned, other), 0.3),
    ],
    plots: {
      "The trajectory, from where it was learned": plot({ x: "x", y: "y", square: true }, [
        { label: "true", dots: true, points: truth.filter((_, k) => k % 4 === 0).map(point) },
        { label: "learned", points: learned.map(point) },
        { label: "before", dashed: true, points: guessed.slice(0, away).map(point) },
      ]),
      "The same over time": plot({ x: "time", y: "x" }, [
        { label: "true", dots: true, points: truth.filter((_, k) => k % 4 === 0).map(([x], k) => [4 * k * h, x]) },
        { label: "learned", points: learned.map(([x], k) => [k * h, x]) },
      ]),
    },
  };
}

const point = ([x, y]: readonly number[]): Point => [x, y];

function distance(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  return a.reduce((sum, [x, y], k) => sum + Math.hypot(x - b[k][0], y - b[k][1]), 0) / a.length;
}
