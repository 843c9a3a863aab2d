export function logisticGrad(rate: number, start: number, steps: number): [rate: number, start: number] {
  const before = new Float64Array(steps);
  let x = start;
  for (let t = 0; t < steps; t++) {
    before[t] = x;
    x = rate * x * (1 - x);
  }
  let xBar = 1;
  let rateBar = 0;
  for (let t = steps - 1; t >= 0; t--) {
    const old = before[t];
    rateBar += xBar * old * (1 - old);
    xBar *= rate * (1 - 2 * old);
  }
  return [rateBar, xBar];
}
