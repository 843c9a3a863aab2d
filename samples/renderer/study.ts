import { leaves, withLeaves } from "../show/leaves.ts";
import { leastSquares } from "../show/levenberg.ts";
import { pictures } from "../show/plot.ts";
import { randomNumbers } from "../show/random.ts";
import { gap, near, vanishes, type Study } from "../show/study.ts";
import { pictureLossValueAndGrad, pixelsJacobian } from "./scene.grad.ts";
import { pixels, type Camera, type Light, type Stage } from "./scene.ts";
import { normalise, subtract } from "./vec3.ts";

const stage: Stage = {
  ambient: 0.12,
  spheres: [
    { centre: [0, -50, 0], radius: 49, albedo: 0.7 },
    { centre: [-0.9, -0.3, 0.2], radius: 0.7, albedo: 0.9 },
    { centre: [0.7, -0.5, 0.9], radius: 0.5, albedo: 0.6 },
    { centre: [0.6, -0.1, -1.1], radius: 0.9, albedo: 0.8 },
  ],
};
interface Setting {
  readonly camera: Camera;
  readonly light: Light;
}
const truth: Setting = {
  camera: { position: [1.2, 1.1, 5], target: [0, -0.2, 0], view: 0.9 },
  light: { position: [2.5, 3.5, 2], power: 14 },
};
const guess: Setting = {
  camera: { position: [0.6, 1.5, 5.6], target: [0.2, 0, 0], view: 0.9 },
  light: { position: [0.5, 3, 3.5], power: 9 },
};
const width = 48;
const height = 36;
const noise = 0.01;

export function study(): Study {
  const random = randomNumbers(1986);
  const seen = picture(truth);
  const photograph = Float64Array.from(seen, (value) => value + noise * random.normal());
  const setting = (values: ArrayLike<number>): Setting => withLeaves(guess, Array.from(values));
  const fit = leastSquares(
    { predict: (values) => picture(setting(values)), jacobian: (values) => jacobianRows(setting(values)) },
    photograph,
    Float64Array.from(leaves(guess)),
    new Float64Array(leaves(guess).length).fill(1),
    40,
  );
  const found = setting(fit.parameters);
  const loss = (at: Setting): number => pictureLossValueAndGrad(at.camera, at.light, stage, [...photograph], width)[0];

  // The gradient of the loss is the Jacobian's transpose times twice the residuals over the number of pixels.
  const [, slopes] = pictureLossValueAndGrad(guess.camera, guess.light, stage, [...photograph], width);
  const rows = jacobianRows(guess);
  const residuals = picture(guess).map((value, i) => value - photograph[i]);
  const assembled = leaves(guess).map(
    (_, j, { length }) =>
      (2 * residuals.reduce((sum, residual, i) => sum + residual * rows[i * length + j], 0)) / residuals.length,
  );

  const names = [
    "camera x",
    "camera y",
    "camera z",
    "looks x",
    "looks y",
    "looks z",
    "view",
    "light x",
    "light y",
    "light z",
    "power",
  ];
  const shown = (at: Setting): number[] => [
    ...at.camera.position,
    ...direction(at.camera),
    at.camera.view,
    ...leaves(at.light),
  ];
  const [, byLight] = pixelsJacobian(guess.camera, guess.light, stage, width, height);
  const change = Array.from(byLight.position[0].data, (value) => 0.5 + 1.5 * value);
  return {
    title: "Where the camera and the light were, from a photograph of four spheres",
    tables: [
      {
        head: ["", "guessed", "found", "true"],
        rows: names.map((name, j) => [name, shown(guess)[j], shown(found)[j], shown(truth)[j]]),
      },
    ],
    checks: [
      vanishes("place of the camera", gap(found.camera.position, truth.camera.position), 0.1),
      vanishes("where it looks", gap(direction(found.camera), direction(truth.camera)), 0.01),
      vanishes("place of the light", gap(found.light.position, truth.light.position), 0.1),
      near("power of the light", found.light.power, truth.light.power, 0.05),
      near("difference that the fit leaves: the noise of the photograph", Math.sqrt(loss(found)), noise, 0.05),
      vanishes("gradient of the loss, less what the Jacobian says", gap(leaves(slopes), assembled), 1e-12),
    ],
    plots: {
      "Rendered with the guess and with what was found, the photograph, and how the first changes as the light moves to the right":
        pictures(
          {
            guess: rowsOf(picture(guess)),
            found: rowsOf(picture(found)),
            photograph: rowsOf(photograph),
            "change of the guess": rowsOf(change),
          },
          5,
        ),
    },
  };
}

const direction = ({ position, target }: Camera): number[] => [...normalise(subtract(target, position))];
const picture = ({ camera, light }: Setting): number[] => pixels(camera, light, stage, width, height);

/** A row for each pixel, with the parameters in the order of `leaves`. */
function jacobianRows({ camera, light }: Setting): number[] {
  const [c, l] = pixelsJacobian(camera, light, stage, width, height);
  const columns = [...c.position, ...c.target, c.view, ...l.position, l.power].map(({ data }) => data);
  return Array.from({ length: width * height }, (_, i) => columns.map((column) => column[i])).flat();
}

function rowsOf(values: ArrayLike<number>): number[][] {
  return Array.from({ length: height }, (_, i) => Array.from({ length: width }, (_, j) => values[i * width + j]));
}
