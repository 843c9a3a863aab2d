import { leastSquares } from "../show/levenberg.ts";
import { plot, type Point } from "../show/plot.ts";
import { randomNumbers } from "../show/random.ts";
import { near, vanishes, type Study } from "../show/study.ts";
import { projectJacobian, reprojectionErrorGrad } from "./camera.grad.ts";
import {
  normalise,
  project,
  reprojectionError,
  rotate,
  type Lens,
  type Observation,
  type Pose,
  type Quaternion,
  type Vec3,
} from "./camera.ts";

interface Scene {
  readonly poses: readonly Pose[];
  readonly points: readonly Vec3[];
}

const lens: Lens = { focal: 800, k1: -0.05, k2: 0.01 };
const poseSize = 7;

/** Cameras on an arc around a cloud of points, all looking at its middle. */
function makeScene(random: ReturnType<typeof randomNumbers>): Scene {
  const poses = [-0.6, -0.2, 0.2, 0.6].map((angle): Pose => {
    const rotation: Quaternion = { w: Math.cos(angle / 2), x: 0, y: Math.sin(angle / 2), z: 0 };
    return { rotation, translation: { x: 0, y: 0.2 * angle, z: -6 } };
  });
  const points = Array.from({ length: 16 }, () => ({ x: random.normal(), y: random.normal(), z: random.normal() }));
  return { poses, points };
}

function toVector({ poses, points }: Scene): Float64Array {
  return Float64Array.from([
    ...poses.flatMap(({ rotation: r, translation: t }) => [r.w, r.x, r.y, r.z, t.x, t.y, t.z]),
    ...points.flatMap(({ x, y, z }) => [x, y, z]),
  ]);
}

function fromVector(values: ArrayLike<number>, cameras: number): Scene {
  const at = (from: number): Vec3 => ({ x: values[from], y: values[from + 1], z: values[from + 2] });
  const poses = Array.from({ length: cameras }, (_, k): Pose => {
    const from = poseSize * k;
    return { rotation: { w: values[from], ...at(from + 1) }, translation: at(from + 4) };
  });
  const count = (values.length - poseSize * cameras) / 3;
  return { poses, points: Array.from({ length: count }, (_, k) => at(poseSize * cameras + 3 * k)) };
}

/** Two rows for each observation, from the Jacobian of one projection: all other entries are zero. */
function jacobianRows({ poses, points }: Scene, observations: readonly Observation[], width: number): Float64Array {
  const rows = new Float64Array(2 * observations.length * width);
  observations.forEach(({ camera, point }, i) => {
    const { u, v } = projectJacobian(poses[camera], points[point], lens);
    for (const [k, [pose, place]] of [u, v].entries()) {
      const row = (2 * i + k) * width;
      const { rotation: r, translation: t } = pose;
      rows.set([r.w, r.x, r.y, r.z, t.x, t.y, t.z], row + poseSize * camera);
      rows.set([place.x, place.y, place.z], row + poseSize * poses.length + 3 * point);
    }
  });
  return rows;
}

export function study(): Study {
  const random = randomNumbers(7);
  const truth = makeScene(random);
  const observations = truth.poses.flatMap((pose, camera) =>
    truth.points.map((each, point): Observation => ({ camera, point, pixel: project(pose, each, lens) })),
  );
  const measured = Float64Array.from(observations.flatMap(({ pixel }) => [pixel.u, pixel.v]));
  const cameras = truth.poses.length;
  const first = toVector(truth).map((value, j) => value + (j < poseSize * cameras ? 0.05 : 0.2) * random.normal());
  const fit = leastSquares(
    {
      predict: (values) => {
        const { poses, points } = fromVector(values, cameras);
        return observations.flatMap(({ camera, point }) => {
          const { u, v } = project(poses[camera], points[point], lens);
          return [u, v];
        });
      },
      jacobian: (values) => jacobianRows(fromVector(values, cameras), observations, values.length),
    },
    measured,
    first,
    new Float64Array(first.length).fill(1),
    40,
  );
  const start = fromVector(first, cameras);
  const found = fromVector(fit.parameters, cameras);
  const rms = (scene: Scene): number =>
    Math.sqrt((2 * reprojectionError(scene.poses, scene.points, lens, observations)) / observations.length);
  const [poseSlopes] = reprojectionErrorGrad(start.poses, start.points, lens, observations);
  const rows = jacobianRows(start, observations, first.length);
  const residuals = observations.flatMap(({ camera, point, pixel }) => {
    const { u, v } = project(start.poses[camera], start.points[point], lens);
    return [u - pixel.u, v - pixel.v];
  });
  const assembled = residuals.reduce((sum, residual, i) => sum + residual * rows[i * first.length], 0);

  return {
    title: "Bundle adjustment: where four cameras stood, and what they saw",
    tables: [
      {
        head: ["", "root mean square distance, pixels"],
        rows: [
          ["start", rms(start)],
          ["fitted", rms(found)],
        ],
      },
    ],
    checks: [
      vanishes("distance between seen and fitted, pixels", rms(found), 1e-6),
      // Nobody knows how large the scene is, or where: but its shape is known.
      ...[1, 2, 3].map((k) => near(`shape ${k}: ratio of two distances`, shape(found, k), shape(truth, k), 1e-6)),
      near("gradient of the sum, from the Jacobians", poseSlopes[0].rotation.w, assembled, 1e-11),
      near("a rotation keeps lengths", turnedLength(found.poses[0].rotation), Math.sqrt(14), 1e-14),
    ],
    plots: {
      picture: plot({ x: "u", y: "v", square: true }, [
        { label: "seen by the first camera", dots: true, points: pictureOf(truth) },
        { label: "at the start", dots: true, points: pictureOf(start) },
      ]),
    },
  };
}

function shape({ points }: Scene, k: number): number {
  const distance = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
  return distance(points[k], points[k + 4]) / distance(points[0], points[15]);
}

function turnedLength(rotation: Quaternion): number {
  const { x, y, z } = rotate(normalise(rotation), { x: 1, y: 2, z: 3 });
  return Math.hypot(x, y, z);
}

function pictureOf({ poses, points }: Scene): Point[] {
  return points.map((point) => {
    const { u, v } = project(poses[0], point, lens);
    return [u, v];
  });
}
