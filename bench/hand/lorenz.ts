/** Keeps three numbers a step and computes the four stages again in the reverse sweep. */
export function lorenzVjp(
  start: Float64Array,
  sigma: number,
  rho: number,
  beta: number,
  h: number,
  steps: number,
  v: Float64Array,
): [value: Float64Array, grads: [start: Float64Array, sigma: number, rho: number, beta: number]] {
  const tape = new Float64Array(3 * steps);
  const half = h / 2;
  const sixth = h / 6;
  let x = start[0];
  let y = start[1];
  let z = start[2];
  for (let t = 0; t < steps; t++) {
    tape[3 * t] = x;
    tape[3 * t + 1] = y;
    tape[3 * t + 2] = z;
    const a1 = sigma * (y - x);
    const b1 = x * (rho - z) - y;
    const c1 = x * y - beta * z;
    let p = x + half * a1;
    let q = y + half * b1;
    let r = z + half * c1;
    const a2 = sigma * (q - p);
    const b2 = p * (rho - r) - q;
    const c2 = p * q - beta * r;
    p = x + half * a2;
    q = y + half * b2;
    r = z + half * c2;
    const a3 = sigma * (q - p);
    const b3 = p * (rho - r) - q;
    const c3 = p * q - beta * r;
    p = x + h * a3;
    q = y + h * b3;
    r = z + h * c3;
    const a4 = sigma * (q - p);
    const b4 = p * (rho - r) - q;
    const c4 = p * q - beta * r;
    x += sixth * (a1 + 2 * a2 + 2 * a3 + a4);
    y += sixth * (b1 + 2 * b2 + 2 * b3 + b4);
    z += sixth * (c1 + 2 * c2 + 2 * c3 + c4);
  }
  const value = Float64Array.of(x, y, z);

  let xBar = v[0];
  let yBar = v[1];
  let zBar = v[2];
  let sigmaBar = 0;
  let rhoBar = 0;
  let betaBar = 0;
  for (let t = steps - 1; t >= 0; t--) {
    const x0 = tape[3 * t];
    const y0 = tape[3 * t + 1];
    const z0 = tape[3 * t + 2];
    const p1 = x0 + half * (sigma * (y0 - x0));
    const q1 = y0 + half * (x0 * (rho - z0) - y0);
    const r1 = z0 + half * (x0 * y0 - beta * z0);
    const p2 = x0 + half * (sigma * (q1 - p1));
    const q2 = y0 + half * (p1 * (rho - r1) - q1);
    const r2 = z0 + half * (p1 * q1 - beta * r1);
    const p3 = x0 + h * (sigma * (q2 - p2));
    const q3 = y0 + h * (p2 * (rho - r2) - q2);
    const r3 = z0 + h * (p2 * q2 - beta * r2);

    let aBar = sixth * xBar;
    let bBar = sixth * yBar;
    let cBar = sixth * zBar;
    let pBar = bBar * (rho - r3) + cBar * q3 - sigma * aBar;
    let qBar = sigma * aBar - bBar + cBar * p3;
    let rBar = -p3 * bBar - beta * cBar;
    sigmaBar += aBar * (q3 - p3);
    rhoBar += bBar * p3;
    betaBar -= cBar * r3;
    let xSum = xBar + pBar;
    let ySum = yBar + qBar;
    let zSum = zBar + rBar;

    aBar = 2 * sixth * xBar + h * pBar;
    bBar = 2 * sixth * yBar + h * qBar;
    cBar = 2 * sixth * zBar + h * rBar;
    pBar = bBar * (rho - r2) + cBar * q2 - sigma * aBar;
    qBar = sigma * aBar - bBar + cBar * p2;
    rBar = -p2 * bBar - beta * cBar;
    sigmaBar += aBar * (q2 - p2);
    rhoBar += bBar * p2;
    betaBar -= cBar * r2;
    xSum += pBar;
    ySum += qBar;
    zSum += rBar;

    aBar = 2 * sixth * xBar + half * pBar;
    bBar = 2 * sixth * yBar + half * qBar;
    cBar = 2 * sixth * zBar + half * rBar;
    pBar = bBar * (rho - r1) + cBar * q1 - sigma * aBar;
    qBar = sigma * aBar - bBar + cBar * p1;
    rBar = -p1 * bBar - beta * cBar;
    sigmaBar += aBar * (q1 - p1);
    rhoBar += bBar * p1;
    betaBar -= cBar * r1;
    xSum += pBar;
    ySum += qBar;
    zSum += rBar;

    aBar = sixth * xBar + half * pBar;
    bBar = sixth * yBar + half * qBar;
    cBar = sixth * zBar + half * rBar;
    sigmaBar += aBar * (y0 - x0);
    rhoBar += bBar * x0;
    betaBar -= cBar * z0;
    xBar = xSum + bBar * (rho - z0) + cBar * y0 - sigma * aBar;
    yBar = ySum + sigma * aBar - bBar + cBar * x0;
    zBar = zSum - x0 * bBar - beta * cBar;
  }
  return [value, [Float64Array.of(xBar, yBar, zBar), sigmaBar, rhoBar, betaBar]];
}
