/** Rotates v by the axis-angle vector at the start of a camera. */
function rotate(camera: Float64Array, v: Float64Array): Float64Array {
  const squared = camera[0] * camera[0] + camera[1] * camera[1] + camera[2] * camera[2];
  const out = new Float64Array(3);
  // tsgrad-ignore TG3107 - what follows is the limit, to first order
  if (squared === 0) {
    out[0] = v[0] + camera[1] * v[2] - camera[2] * v[1];
    out[1] = v[1] + camera[2] * v[0] - camera[0] * v[2];
    out[2] = v[2] + camera[0] * v[1] - camera[1] * v[0];
    return out;
  }
  const angle = Math.sqrt(squared);
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const a0 = camera[0] / angle;
  const a1 = camera[1] / angle;
  const a2 = camera[2] / angle;
  const along = (a0 * v[0] + a1 * v[1] + a2 * v[2]) * (1 - cosine);
  out[0] = v[0] * cosine + (a1 * v[2] - a2 * v[1]) * sine + a0 * along;
  out[1] = v[1] * cosine + (a2 * v[0] - a0 * v[2]) * sine + a1 * along;
  out[2] = v[2] * cosine + (a0 * v[1] - a1 * v[0]) * sine + a2 * along;
  return out;
}

/**
 * The weighted error of one observation. A camera is rotation (3), centre (3), focal length,
 * principal point (2) and radial distortion (2).
 * @differentiable jacobian
 * @wrt camera, point, weight
 */
export function reprojectionError(
  camera: Float64Array,
  point: Float64Array,
  weight: number,
  feature: Float64Array,
): Float64Array {
  const v = new Float64Array(3);
  for (let i = 0; i < 3; i++) v[i] = point[i] - camera[3 + i];
  const y = rotate(camera, v);
  const p0 = y[0] / y[2];
  const p1 = y[1] / y[2];
  const squared = p0 * p0 + p1 * p1;
  const distortion = 1 + camera[9] * squared + camera[10] * squared * squared;
  const error = new Float64Array(2);
  error[0] = weight * (camera[6] * distortion * p0 + camera[7] - feature[0]);
  error[1] = weight * (camera[6] * distortion * p1 + camera[8] - feature[1]);
  return error;
}

/**
 * What keeps a weight near one.
 * @differentiable grad
 */
export function weightError(weight: number): number {
  return 1 - weight * weight;
}
