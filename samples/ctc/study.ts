import { leaves, withLeaves } from "../show/leaves.ts";
import { minimise } from "../show/minimise.ts";
import { heatMap, plot } from "../show/plot.ts";
import { randomNumbers } from "../show/random.ts";
import { gap, near, vanishes, type Study } from "../show/study.ts";
import { editDistance, spelled, sumOverAlignments } from "./alignments.ts";
import { ctcLossGrad, trainingLossValueAndGrad } from "./ctc.grad.ts";
import { ctcLoss, logSoftmax, score, type Recogniser, type Utterance } from "./ctc.ts";
import { speak, vowels } from "./vowels.ts";

const symbols = ["–", ...vowels.map(({ symbol }) => symbol)];
const decay = 1e-5;

export function study(): Study {
  const random = randomNumbers(2006);
  const training = Array.from({ length: 160 }, () => speak(random));
  const unheard = Array.from({ length: 100 }, () => speak(random));
  const untrained: Recogniser = {
    weights: symbols.map(() => [0, 0, 0, 0]),
    biases: symbols.map(() => 0),
  };
  const fit = minimise(
    (parameters) => {
      const [loss, slopes] = trainingLossValueAndGrad(withLeaves(untrained, parameters), training, decay);
      return [loss, leaves(slopes)];
    },
    leaves(untrained),
    { mostIterations: 120, smallest: 1e-4 },
  );
  const trained = withLeaves(untrained, fit.at);
  const example = unheard.find(({ label }) => label.length === 4) ?? unheard[0];
  const occupied = occupancy(trained, example);
  const small = smallCase(() => random.normal());

  return {
    title: "Vowels are recognised by formants, learned from utterances of which nobody knows what was said when",
    tables: [
      {
        head: ["wrong, missing or too many, of 100 vowels", "before", "after"],
        rows: [
          ["utterances that were learned from", errorRate(untrained, training), errorRate(trained, training)],
          ["other utterances", errorRate(untrained, unheard), errorRate(trained, unheard)],
        ],
      },
      {
        head: ["said", "recognised"],
        rows: unheard.slice(0, 6).map((utterance) => [text(utterance.label), text(recognised(trained, utterance))]),
      },
    ],
    checks: [
      near("loss of three vowels, against all 4 ** 7 sequences", small.loss, small.known.loss),
      vanishes("gradient, less probability minus occupancy over these", gap(small.slopes, small.expected), 1e-12),
      vanishes(
        "sum of the gradient in each frame",
        gap(
          occupied.map(sum),
          occupied.map(() => 1),
        ),
        1e-10,
      ),
      vanishes("wrong, of 100 vowels of other utterances", errorRate(trained, unheard), 12),
    ],
    plots: {
      [`Where the vowels of “${text(example.label)}” were said, as the loss sees it: its gradient tells`]: heatMap(
        { x: "frame", y: "symbol", rows: symbols },
        symbols.map((_, k) => occupied.map((frame) => Math.min(Math.max(frame[k], 0), 1))),
      ),
      "The loss as it is learned": plot({ x: "iteration", y: "loss of an utterance" }, [
        { points: fit.course.map((value, k) => [k, value]) },
      ]),
    },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const text = (label: readonly number[]): string => label.map((symbol) => symbols[symbol]).join(" ");
const probabilities = (logits: readonly number[]): number[] => logSoftmax(logits).map(Math.exp);

/** How likely each symbol is in each frame, given the label: Graves et al. (2006), equation 16. */
function occupancy(recogniser: Recogniser, { frames, label }: Utterance): number[][] {
  const logits = frames.map((frame) => score(recogniser, frame));
  const slopes = ctcLossGrad(logits, label);
  return logits.map((frame, t) => probabilities(frame).map((probability, k) => probability - slopes[t][k]));
}

/** The likeliest symbol of each frame, without repetitions and blanks. */
function recognised(recogniser: Recogniser, { frames }: Utterance): number[] {
  return spelled(
    frames.map((frame) => {
      const logits = score(recogniser, frame);
      return logits.indexOf(Math.max(...logits));
    }),
  );
}

function errorRate(recogniser: Recogniser, utterances: readonly Utterance[]): number {
  const wrong = utterances.map((utterance) => editDistance(recognised(recogniser, utterance), utterance.label));
  return (100 * sum(wrong)) / sum(utterances.map(({ label }) => label.length));
}

/** Few enough frames that all sequences of symbols can be looked at; one symbol comes twice in a row. */
function smallCase(normal: () => number): {
  loss: number;
  slopes: number[];
  expected: number[];
  known: { loss: number };
} {
  const logits = Array.from({ length: 7 }, () => Array.from({ length: 4 }, normal));
  const label = [2, 2, 3];
  const known = sumOverAlignments(logits.map(probabilities), label);
  const expected = logits.flatMap((frame, t) => probabilities(frame).map((each, k) => each - known.occupancy[t][k]));
  return { loss: ctcLoss(logits, label), slopes: ctcLossGrad(logits, label).flat(), expected, known };
}
