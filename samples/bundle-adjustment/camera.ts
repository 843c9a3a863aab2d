import type { int } from "tsgrad";

export interface Vec3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface Quaternion extends Vec3 {
  readonly w: number;
}

/** From the world to the camera. */
export interface Pose {
  /** Its length does not matter. */
  readonly rotation: Quaternion;
  readonly translation: Vec3;
}

export interface Lens {
  readonly focal: number;
  /** Radial distortion. */
  readonly k1: number;
  readonly k2: number;
}

export interface Pixel {
  readonly u: number;
  readonly v: number;
}

export interface Observation {
  readonly camera: int;
  readonly point: int;
  readonly pixel: Pixel;
}

export const add = (a: Vec3, b: Vec3): Vec3 => ({ x: a.x + b.x, y: a.y + b.y, z: a.z + b.z });

export function multiply(p: Quaternion, q: Quaternion): Quaternion {
  return {
    w: p.w * q.w - p.x * q.x - p.y * q.y - p.z * q.z,
    x: p.w * q.x + p.x * q.w + p.y * q.z - p.z * q.y,
    y: p.w * q.y - p.x * q.z + p.y * q.w + p.z * q.x,
    z: p.w * q.z + p.x * q.y - p.y * q.x + p.z * q.w,
  };
}

export const conjugate = ({ w, x, y, z }: Quaternion): Quaternion => ({ w, x: -x, y: -y, z: -z });

export function normalise({ w, x, y, z }: Quaternion): Quaternion {
  const length = Math.hypot(w, x, y, z);
  return { w: w / length, x: x / length, y: y / length, z: z / length };
}

export function rotate(q: Quaternion, v: Vec3): Vec3 {
  const { x, y, z } = multiply(multiply(q, { w: 0, ...v }), conjugate(q));
  return { x, y, z };
}

/**
 * Where a camera sees a point: the model of Snavely's Bundler.
 * @differentiable jacobian
 * @wrt pose, point
 */
export function project(pose: Pose, point: Vec3, { focal, k1, k2 }: Lens): Pixel {
  const { x, y, z } = add(rotate(normalise(pose.rotation), point), pose.translation);
  const [across, up] = [-x / z, -y / z];
  const r2 = across ** 2 + up ** 2;
  const scale = focal * (1 + k1 * r2 + k2 * r2 ** 2);
  return { u: scale * across, v: scale * up };
}

/**
 * Half the sum of the squared distances between what was seen and what the cameras should see.
 * @differentiable grad
 * @wrt poses, points
 */
export function reprojectionError(
  poses: readonly Pose[],
  points: readonly Vec3[],
  lens: Lens,
  observations: readonly Observation[],
): number {
  return observations.reduce((sum, { camera, point, pixel }) => {
    const { u, v } = project(poses[camera], points[point], lens);
    return sum + 0.5 * ((u - pixel.u) ** 2 + (v - pixel.v) ** 2);
  }, 0);
}
