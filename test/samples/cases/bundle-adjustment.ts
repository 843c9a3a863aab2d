import type { SampleCases } from "./types.ts";

const pose = { rotation: { w: 0.9, x: 0.1, y: -0.3, z: 0.2 }, translation: { x: 0.3, y: -0.2, z: -5 } };
const other = { rotation: { w: 0.7, x: -0.2, y: 0.4, z: 0.1 }, translation: { x: 0, y: 0.4, z: -6 } };
const points = [
  { x: 0.3, y: -0.7, z: 0.4 },
  { x: -0.5, y: 0.2, z: 0.9 },
];
const lens = { focal: 2, k1: -0.05, k2: 0.01 };
const observations = [
  { camera: 0, point: 0, pixel: { u: 0.1, v: -0.2 } },
  { camera: 0, point: 1, pixel: { u: -0.3, v: 0 } },
  { camera: 1, point: 1, pixel: { u: 0.2, v: 0.1 } },
];

export const modules: SampleCases = {
  camera: {
    cases: {
      project: [() => [pose, points[0], lens]],
      reprojectionError: [() => [[pose, other], points, lens, observations]],
    },
  },
};
