import type { int } from "tsgrad";
import { add, cross, dot, length, normalise, scale, subtract, type Vec3 } from "./vec3.ts";

export interface Camera {
  readonly position: Vec3;
  readonly target: Vec3;
  /** The height of the picture at distance 1. */
  readonly view: number;
}

export interface Light {
  readonly position: Vec3;
  readonly power: number;
}

export interface Sphere {
  readonly centre: Vec3;
  readonly radius: number;
  readonly albedo: number;
}

export interface Scene {
  readonly camera: Camera;
  readonly light: Light;
  readonly spheres: readonly Sphere[];
  readonly ambient: number;
}

export interface Ray {
  readonly origin: Vec3;
  readonly direction: Vec3;
}

/** Where a ray comes nearest to the centre of a sphere, how far inside of it that is, and where it enters it. */
interface Hit {
  readonly sphere: Sphere;
  readonly distance: number;
  readonly coverage: number;
}

/** How many radii wide the soft edge of a sphere is. An edge that jumped would have no derivative. */
const softness = 0.03;

function cameraRay({ position, target, view }: Camera, x: number, y: number): Ray {
  const forward = normalise(subtract(target, position));
  const right = normalise(cross(forward, [0, 1, 0]));
  const up = cross(right, forward);
  const across = add(scale(right, x * view), scale(up, y * view));
  return { origin: position, direction: normalise(add(forward, across)) };
}

function intersect({ origin, direction }: Ray, sphere: Sphere): Hit | undefined {
  const towards = subtract(sphere.centre, origin);
  const nearest = dot(towards, direction);
  if (nearest < 0) return undefined;
  const miss = length(subtract(towards, scale(direction, nearest)));
  const inside = 1 - miss / sphere.radius;
  if (inside < -8 * softness) return undefined;
  const half = sphere.radius * Math.sqrt(Math.max(inside * (2 - inside), 0.01));
  return { sphere, distance: nearest - half, coverage: 1 / (1 + Math.exp(-inside / softness)) };
}

/** Lambert's law, with a light that grows weaker with the square of the distance. */
function shade(point: Vec3, { centre, albedo }: Sphere, light: Light, ambient: number): number {
  const normal = normalise(subtract(point, centre));
  const toLight = subtract(light.position, point);
  const distance = length(toLight);
  const facing = Math.max(dot(normal, toLight) / distance, 0);
  return albedo * (ambient + (light.power * facing) / distance ** 2);
}

/** The brightness that a ray sees: spheres in front of others cover them as far as they cover the ray. */
function radiance(ray: Ray, { spheres, light, ambient }: Scene): number {
  const hits: Hit[] = [];
  for (const sphere of spheres) {
    const hit = intersect(ray, sphere);
    if (hit) hits.push(hit);
  }
  hits.sort((a, b) => a.distance - b.distance);
  let brightness = 0;
  let open = 1;
  for (const { sphere, distance, coverage } of hits) {
    const point = add(ray.origin, scale(ray.direction, distance));
    brightness += open * coverage * shade(point, sphere, light, ambient);
    open *= 1 - coverage;
  }
  return brightness;
}

/** What stands still while camera and light are looked for. */
export type Stage = Pick<Scene, "spheres" | "ambient">;

/**
 * The brightness of each pixel, row by row from the top.
 * @differentiable jacobian
 * @wrt camera, light
 */
export function pixels(camera: Camera, light: Light, stage: Stage, width: int, height: int): number[] {
  const scene = { ...stage, camera, light };
  const picture: number[] = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = (column + 0.5 - width / 2) / height;
      const y = (height / 2 - row - 0.5) / height;
      picture.push(radiance(cameraRay(camera, x, y), scene));
    }
  }
  return picture;
}

/**
 * The mean squared difference between a picture and the scene.
 * @differentiable valueAndGrad
 * @wrt camera, light
 */
export function pictureLoss(
  camera: Camera,
  light: Light,
  stage: Stage,
  picture: readonly number[],
  width: int,
): number {
  const height = picture.length / width;
  const rendered = pixels(camera, light, stage, width, height);
  return rendered.reduce((sum, value, k) => sum + (value - picture[k]) ** 2, 0) / picture.length;
}
