import { reprojectionErrorJacobian } from "../src/ba.grad.ts";

/** The two rows of one observation's Jacobian, from the generated one, into `out` at `at`. */
export function generatedRows(
  camera: Float64Array,
  point: Float64Array,
  weight: number,
  feature: Float64Array,
  out: Float64Array,
  at: number,
): void {
  const [ofCamera, ofPoint, ofWeight] = reprojectionErrorJacobian(camera, point, weight, feature);
  for (let row = 0; row < 2; row++) {
    const to = at + 15 * row;
    for (let j = 0; j < 11; j++) out[to + j] = ofCamera.data[11 * row + j]!;
    for (let j = 0; j < 3; j++) out[to + 11 + j] = ofPoint.data[3 * row + j]!;
    out[to + 14] = ofWeight.data[row]!;
  }
}
