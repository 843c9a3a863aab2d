/** Numbers kept for each bit of each layer and character: the four gates, tanh(s), and h and s from before. */
const kept = 7;

export function lstmLossGrad(
  main: Float64Array,
  extra: Float64Array,
  state: Float64Array,
  sequence: Float64Array,
  layers: number,
  bits: number,
): [main: Float64Array, extra: Float64Array] {
  const characters = sequence.length / bits;
  const steps = characters - 1;
  const scale = -1 / (bits * steps);
  const current = state.slice();
  const tape = new Float64Array(steps * layers * bits * kept);
  const lastBar = new Float64Array(steps * bits);
  const mainBar = new Float64Array(main.length);
  const extraBar = new Float64Array(extra.length);
  const a = new Float64Array(bits);
  const y = new Float64Array(bits);
  let at = 0;
  for (let t = 0; t < steps; t++) {
    for (let j = 0; j < bits; j++) a[j] = sequence[t * bits + j] * extra[j];
    for (let layer = 0; layer < layers; layer++) {
      const w = layer * 8 * bits;
      const b = w + 4 * bits;
      const hidden = layer * 2 * bits;
      const cell = hidden + bits;
      for (let j = 0; j < bits; j++) {
        const h = current[hidden + j];
        const old = current[cell + j];
        const aj = a[j];
        const forget = 1 / (1 + Math.exp(-(aj * main[w + j] + main[b + j])));
        const input = 1 / (1 + Math.exp(-(h * main[w + bits + j] + main[b + bits + j])));
        const output = 1 / (1 + Math.exp(-(aj * main[w + 2 * bits + j] + main[b + 2 * bits + j])));
        const change = Math.tanh(h * main[w + 3 * bits + j] + main[b + 3 * bits + j]);
        const s = old * forget + input * change;
        const squashed = Math.tanh(s);
        tape[at] = forget;
        tape[at + 1] = input;
        tape[at + 2] = output;
        tape[at + 3] = change;
        tape[at + 4] = squashed;
        tape[at + 5] = h;
        tape[at + 6] = old;
        at += kept;
        current[cell + j] = s;
        const next = output * squashed;
        current[hidden + j] = next;
        a[j] = next;
      }
    }
    // The output layer needs no tape: its adjoint is known at once.
    let sum = 2;
    let ones = 0;
    for (let j = 0; j < bits; j++) {
      const e = Math.exp(a[j] * extra[bits + j] + extra[2 * bits + j]);
      y[j] = e;
      sum += e;
      ones += sequence[(t + 1) * bits + j];
    }
    const share = ones / sum;
    for (let j = 0; j < bits; j++) {
      const yBar = scale * (sequence[(t + 1) * bits + j] - share * y[j]);
      extraBar[bits + j] += yBar * a[j];
      extraBar[2 * bits + j] += yBar;
      lastBar[t * bits + j] = yBar * extra[bits + j];
    }
  }

  const stateBar = new Float64Array(state.length);
  const aBar = new Float64Array(bits);
  for (let t = steps - 1; t >= 0; t--) {
    for (let j = 0; j < bits; j++) aBar[j] = lastBar[t * bits + j];
    for (let layer = layers - 1; layer >= 0; layer--) {
      const w = layer * 8 * bits;
      const b = w + 4 * bits;
      const hidden = layer * 2 * bits;
      const cell = hidden + bits;
      const base = (t * layers + layer) * bits * kept;
      const below = base - bits * kept;
      for (let j = 0; j < bits; j++) {
        const i = base + j * kept;
        const forget = tape[i];
        const input = tape[i + 1];
        const output = tape[i + 2];
        const change = tape[i + 3];
        const squashed = tape[i + 4];
        const h = tape[i + 5];
        const old = tape[i + 6];
        // The layer's own input is the output of the one below.
        const x =
          layer === 0 ? sequence[t * bits + j] * extra[j] : tape[below + j * kept + 2] * tape[below + j * kept + 4];
        const hBar = aBar[j] + stateBar[hidden + j];
        const sBar = stateBar[cell + j] + hBar * output * (1 - squashed * squashed);
        const outputBar = hBar * squashed * output * (1 - output);
        const forgetBar = sBar * old * forget * (1 - forget);
        const inputBar = sBar * change * input * (1 - input);
        const changeBar = sBar * input * (1 - change * change);
        mainBar[w + j] += forgetBar * x;
        mainBar[w + bits + j] += inputBar * h;
        mainBar[w + 2 * bits + j] += outputBar * x;
        mainBar[w + 3 * bits + j] += changeBar * h;
        mainBar[b + j] += forgetBar;
        mainBar[b + bits + j] += inputBar;
        mainBar[b + 2 * bits + j] += outputBar;
        mainBar[b + 3 * bits + j] += changeBar;
        stateBar[hidden + j] = inputBar * main[w + bits + j] + changeBar * main[w + 3 * bits + j];
        stateBar[cell + j] = sBar * forget;
        aBar[j] = forgetBar * main[w + j] + outputBar * main[w + 2 * bits + j];
      }
    }
    for (let j = 0; j < bits; j++) extraBar[j] += aBar[j] * sequence[t * bits + j];
  }
  return [mainBar, extraBar];
}
