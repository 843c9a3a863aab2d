import type { Camera, Light, Stage } from "../../../samples/renderer/scene.ts";
import type { SampleCases } from "./types.ts";

const camera = (): Camera => ({ position: [0.4, 0.9, 4], target: [0.1, -0.2, 0], view: 0.9 });
const light = (): Light => ({ position: [1.5, 2.5, 2], power: 6 });
const stage = (): Stage => ({
  ambient: 0.1,
  spheres: [
    { centre: [-0.4, 0, 0.2], radius: 0.9, albedo: 0.8 },
    { centre: [0.6, -0.3, -0.5], radius: 0.8, albedo: 0.5 },
    // Behind the camera.
    { centre: [0, 0, 9], radius: 1, albedo: 1 },
  ],
});

export const modules: SampleCases = {
  scene: {
    cases: {
      pixels: [() => [camera(), light(), stage(), 4, 3]],
      pictureLoss: [() => [camera(), light(), stage(), [0.2, 0.1, 0.4, 0.3, 0.3, 0.6, 0.1, 0, 0.2, 0.5, 0.3, 0.2], 4]],
    },
    hints: { wrt: { pixels: ["camera", "light"], pictureLoss: ["camera", "light"] } },
    settings: { steps: [2 ** -10, 2 ** -12, 2 ** -14, 2 ** -16] },
  },
};
