import { plot, type Point } from "../show/plot.ts";
import { randomNumbers } from "../show/random.ts";
import { gap, near, vanishes, type Study } from "../show/study.ts";
import { casino, modelOf, simulate, type Casino } from "./casino.ts";
import { forwardGrad, logLikelihoodValueAndGrad } from "./hmm.grad.ts";
import { logLikelihood } from "./hmm.ts";
import { normalised, posterior } from "./smoother.ts";

const names = ["fair", "loaded"];

/** What one might guess who knows only that there are two dice, and that one of them favours the six. */
const guess: Casino = {
  change: [
    [0.8, 0.2],
    [0.2, 0.8],
  ],
  faces: [
    [0.18, 0.18, 0.18, 0.18, 0.18, 0.1],
    [0.14, 0.14, 0.14, 0.14, 0.14, 0.3],
  ],
};

export function study(): Study {
  const random = randomNumbers(1998);
  const { dice, rolls } = simulate(casino, 20000, () => random.uniform());
  const { found, course } = baumWelch(guess, rolls);
  const likely = posteriorOf(found, rolls);
  const byHand = posterior(found, rolls);
  const told = (model: Casino): number =>
    posterior(model, rolls).filter(([, loaded], t) => loaded > 0.5 === (dice[t] === 1)).length / rolls.length;
  const rises = course.slice(1).map((value, k) => value - course[k]);
  const shown = 400;
  const marks = (values: readonly number[], wanted: number, height: number): Point[] =>
    values.slice(0, shown).flatMap((value, t): Point[] => (value === wanted ? [[t, height]] : []));

  return {
    title:
      "An occasionally dishonest casino: a hidden Markov model learned by Baum and Welch, whose counts are gradients",
    tables: [
      {
        head: ["", ...names.flatMap((name) => [`${name}: guessed`, "learned", "true"])],
        rows: [
          ["stays", ...[0, 1].flatMap((i) => [guess, found, casino].map(({ change }) => change[i][i]))],
          ...[0, 1, 2, 3, 4, 5].map((k) => [
            `shows ${k + 1}`,
            ...[0, 1].flatMap((i) => [guess, found, casino].map(({ faces }) => faces[i][k])),
          ]),
        ],
      },
    ],
    checks: [
      vanishes(
        "states from the gradient, less those by the backward algorithm",
        gap(likely.flat(), byHand.flat()),
        1e-9,
      ),
      vanishes("likelihood lost in any step of Baum and Welch", Math.max(0, ...rises.map((rise) => -rise)), 1e-8),
      near("the fair die stays", found.change[0][0], casino.change[0][0], 0.02),
      near("the loaded die stays", found.change[1][1], casino.change[1][1], 0.02),
      near("the loaded die shows six", found.faces[1][5], casino.faces[1][5], 0.05),
      vanishes("any other face, less its probability", gap(found.faces.flat(), casino.faces.flat()), 0.03),
      vanishes("likelihood of the true casino, over the learned", excess(rolls, found), 0),
      near("rolls whose die is told, with the learned casino and with the true one", told(found), told(casino), 0.01),
    ],
    plots: {
      [`The first ${shown} rolls: how likely the loaded die is, given all rolls`]: plot(
        { x: "roll", y: "probability of the loaded die" },
        [
          { label: "learned", points: likely.slice(0, shown).map(([, loaded], t) => [t, loaded]) },
          { label: "loaded in truth", dots: true, points: marks(dice, 1, 1.04) },
          {
            label: "sixes",
            dots: true,
            points: marks(rolls, 5, 1.1),
          },
        ],
      ),
      "The likelihood in each step of Baum and Welch": plot({ x: "step", y: "logarithm of the likelihood, per roll" }, [
        { points: course.map((value, k) => [k, value / rolls.length]) },
      ]),
    },
  };
}

/** How likely each die was at each roll: the derivative of the likelihood towards the score that it has there. */
function posteriorOf(model: Casino, rolls: readonly number[]): number[][] {
  const { start, transition, emission } = modelOf(model);
  return forwardGrad(
    start,
    transition,
    rolls.map((roll) => emission.map((row) => row[roll])),
  );
}

/** Makes the probabilities what the expected counts say, again and again: Baum and Welch, after Eisner (2016). */
function baumWelch(start: Casino, rolls: readonly number[]): { found: Casino; course: number[] } {
  let found = start;
  const course: number[] = [];
  for (let k = 0; k < 70; k++) {
    const [value, counts] = logLikelihoodValueAndGrad(modelOf(found), rolls);
    course.push(value);
    found = { change: counts.transition.map(normalised), faces: counts.emission.map(normalised) };
  }
  return { found, course };
}

function excess(rolls: readonly number[], found: Casino): number {
  return Math.max(0, logLikelihood(modelOf(casino), rolls) - logLikelihood(modelOf(found), rolls));
}
