/**
 * The Jacobian of one observation: two rows of 15 (camera, point, weight) into `out` at `at`.
 * Both rows come from one forward part.
 */
export function reprojectionRows(
  camera: Float64Array,
  point: Float64Array,
  weight: number,
  feature: Float64Array,
  out: Float64Array,
  at: number,
): void {
  const r0 = camera[0];
  const r1 = camera[1];
  const r2 = camera[2];
  const v0 = point[0] - camera[3];
  const v1 = point[1] - camera[4];
  const v2 = point[2] - camera[5];
  const focal = camera[6];
  const squaredAngle = r0 * r0 + r1 * r1 + r2 * r2;
  const turned = squaredAngle !== 0;
  const angle = turned ? Math.sqrt(squaredAngle) : 1;
  const cosine = turned ? Math.cos(angle) : 1;
  const sine = turned ? Math.sin(angle) : 1;
  const inverse = turned ? 1 / angle : 1;
  const a0 = r0 * inverse;
  const a1 = r1 * inverse;
  const a2 = r2 * inverse;
  const c0 = a1 * v2 - a2 * v1;
  const c1 = a2 * v0 - a0 * v2;
  const c2 = a0 * v1 - a1 * v0;
  const dot = turned ? a0 * v0 + a1 * v1 + a2 * v2 : 0;
  const rest = 1 - cosine;
  const along = dot * rest;
  const y0 = v0 * cosine + c0 * sine + a0 * along;
  const y1 = v1 * cosine + c1 * sine + a1 * along;
  const y2 = v2 * cosine + c2 * sine + a2 * along;
  const inverseDepth = 1 / y2;
  const p0 = y0 * inverseDepth;
  const p1 = y1 * inverseDepth;
  const rho = p0 * p0 + p1 * p1;
  const k0 = camera[9];
  const k1 = camera[10];
  const distortion = 1 + k0 * rho + k1 * rho * rho;
  const slope = 2 * focal * (k0 + 2 * k1 * rho);
  for (let row = 0; row < 2; row++) {
    const p = row === 0 ? p0 : p1;
    const to = at + 15 * row;
    // Of the weighted projection towards p0 and p1.
    const p0Bar = weight * (slope * p * p0 + (row === 0 ? focal * distortion : 0));
    const p1Bar = weight * (slope * p * p1 + (row === 1 ? focal * distortion : 0));
    const y0Bar = p0Bar * inverseDepth;
    const y1Bar = p1Bar * inverseDepth;
    const y2Bar = -(p0Bar * p0 + p1Bar * p1) * inverseDepth;
    const alongBar = y0Bar * a0 + y1Bar * a1 + y2Bar * a2;
    // Of c = a × v.
    const c0Bar = y0Bar * sine;
    const c1Bar = y1Bar * sine;
    const c2Bar = y2Bar * sine;
    const dotBar = alongBar * rest;
    const v0Bar = y0Bar * cosine + c1Bar * a2 - c2Bar * a1 + dotBar * a0;
    const v1Bar = y1Bar * cosine + c2Bar * a0 - c0Bar * a2 + dotBar * a1;
    const v2Bar = y2Bar * cosine + c0Bar * a1 - c1Bar * a0 + dotBar * a2;
    const a0Bar = c2Bar * v1 - c1Bar * v2 + (turned ? y0Bar * along + dotBar * v0 : 0);
    const a1Bar = c0Bar * v2 - c2Bar * v0 + (turned ? y1Bar * along + dotBar * v1 : 0);
    const a2Bar = c1Bar * v0 - c0Bar * v1 + (turned ? y2Bar * along + dotBar * v2 : 0);
    let angleBar = 0;
    if (turned) {
      const byCosine = y0Bar * v0 + y1Bar * v1 + y2Bar * v2 - alongBar * dot;
      const bySine = y0Bar * c0 + y1Bar * c1 + y2Bar * c2;
      angleBar = bySine * cosine - byCosine * sine - (a0Bar * a0 + a1Bar * a1 + a2Bar * a2) * inverse;
    }
    out[to] = a0Bar * inverse + angleBar * a0;
    out[to + 1] = a1Bar * inverse + angleBar * a1;
    out[to + 2] = a2Bar * inverse + angleBar * a2;
    out[to + 3] = -v0Bar;
    out[to + 4] = -v1Bar;
    out[to + 5] = -v2Bar;
    out[to + 6] = weight * distortion * p;
    out[to + 7] = row === 0 ? weight : 0;
    out[to + 8] = row === 1 ? weight : 0;
    out[to + 9] = weight * focal * rho * p;
    out[to + 10] = weight * focal * rho * rho * p;
    out[to + 11] = v0Bar;
    out[to + 12] = v1Bar;
    out[to + 13] = v2Bar;
    out[to + 14] = focal * distortion * p + (row === 0 ? camera[7] - feature[0] : camera[8] - feature[1]);
  }
}
