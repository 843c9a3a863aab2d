/** The orbit of a star around a mass that we take to be at rest, as it is seen on the sky. Angles are in radians. */
export interface Elements {
  /** Years. */
  readonly period: number;
  /** The year of the closest approach. */
  readonly periastron: number;
  readonly eccentricity: number;
  /** The semi-major axis, in thousandths of an arc second. */
  readonly axis: number;
  readonly inclination: number;
  /** The position angle of the ascending node. */
  readonly node: number;
  /** The argument of the periastron. */
  readonly argument: number;
}

export interface SkyPosition {
  readonly north: number;
  readonly east: number;
}

/** Solves Kepler's equation, E - e sin E = M, with Newton's method. */
function eccentricAnomaly(meanAnomaly: number, eccentricity: number): number {
  let anomaly = eccentricity < 0.8 ? meanAnomaly : Math.PI * Math.sign(meanAnomaly);
  let step: number;
  do {
    step = (anomaly - eccentricity * Math.sin(anomaly) - meanAnomaly) / (1 - eccentricity * Math.cos(anomaly));
    anomaly -= step;
    // tsgrad-ignore TG3106 - one more step would change nothing
  } while (Math.abs(step) > 1e-12);
  return anomaly;
}

export function positionAt(time: number, elements: Elements): SkyPosition {
  const { period, periastron, eccentricity: e, axis, inclination, node, argument } = elements;
  const turns = (time - periastron) / period;
  const anomaly = eccentricAnomaly(2 * Math.PI * (turns - Math.round(turns)), e);

  // In the plane of the orbit, the periastron on the axis of x.
  const x = axis * (Math.cos(anomaly) - e);
  const y = axis * Math.sqrt(1 - e ** 2) * Math.sin(anomaly);

  // Turned by the argument of the periastron, tilted, and turned by the node.
  const along = x * Math.cos(argument) - y * Math.sin(argument);
  const across = (x * Math.sin(argument) + y * Math.cos(argument)) * Math.cos(inclination);
  return {
    north: along * Math.cos(node) - across * Math.sin(node),
    east: along * Math.sin(node) + across * Math.cos(node),
  };
}

/**
 * North, east, north, east, … at the times of observation.
 * @differentiable jacobian
 * @wrt elements
 */
export function predicted(elements: Elements, times: readonly number[]): number[] {
  return times.flatMap((time) => {
    const { north, east } = positionAt(time, elements);
    return [north, east];
  });
}
