import type { Cloth, Frame, Physics } from "../../../samples/cloth/cloth.ts";
import type { SampleCases } from "./types.ts";

const physics = (): Physics => ({
  stiffness: 20,
  damping: 0.8,
  gravity: 1.5,
  wind: { x: 0.3, y: -0.2, z: 0.9 },
  airDrag: 0.4,
});
const cloth = (): Cloth => ({
  particles: [
    { position: { x: 0, y: 0, z: 0 }, velocity: { x: 0, y: 0, z: 0 }, pinned: true },
    { position: { x: 1, y: 0.1, z: 0 }, velocity: { x: 0.2, y: 0, z: 0.1 }, pinned: false },
    { position: { x: 0.1, y: -0.9, z: 0.2 }, velocity: { x: 0, y: -0.3, z: 0 }, pinned: false },
  ],
  springs: [
    { a: 0, b: 1, rest: 0.9 },
    { a: 0, b: 2, rest: 1 },
    { a: 1, b: 2, rest: 1.3 },
  ],
});
const film = (): Frame[] => [
  { steps: 2, positions: cloth().particles.map(({ position }) => position) },
  { steps: 1, positions: cloth().particles.map(({ velocity }) => velocity) },
];

export const modules: SampleCases = {
  cloth: {
    cases: { mismatch: [() => [physics(), cloth(), film(), 0.1]] },
    hints: { wrt: { mismatch: ["physics"] } },
  },
};
