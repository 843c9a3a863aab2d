/** A layer of neurons. */
export class Dense {
  /** A row for each output. */
  readonly weights: number[][];
  readonly biases: number[];

  constructor(weights: number[][], biases: number[]) {
    this.weights = weights;
    this.biases = biases;
  }

  apply(input: readonly number[]): number[] {
    return this.weights.map((row, i) => row.reduce((sum, weight, j) => sum + weight * input[j], this.biases[i]));
  }

  static random(inputs: number, outputs: number, normal: () => number): Dense {
    const weights = Array.from({ length: outputs }, () =>
      Array.from({ length: inputs }, () => normal() / Math.sqrt(inputs)),
    );
    return new Dense(weights, new Array<number>(outputs).fill(0));
  }
}

/** One hidden layer of tanh. */
export class Network {
  readonly hidden: Dense;
  readonly output: Dense;

  constructor(hidden: Dense, output: Dense) {
    this.hidden = hidden;
    this.output = output;
  }

  evaluate(input: readonly number[]): number[] {
    return this.output.apply(this.hidden.apply(input).map(Math.tanh));
  }

  static random(inputs: number, neurons: number, outputs: number, normal: () => number): Network {
    return new Network(Dense.random(inputs, neurons, normal), Dense.random(neurons, outputs, normal));
  }
}
