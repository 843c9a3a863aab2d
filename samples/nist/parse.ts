/** A data set of NIST's Statistical Reference Datasets for nonlinear regression, as its `.dat` file states it. */
export interface Dataset {
  readonly name: string;
  /** What NIST says about how hard it is: `Lower`, `Average` or `Higher`. */
  readonly difficulty: string;
  /** The model equation as printed by NIST, its lines joined. */
  readonly formula: string;
  readonly responseLabel: string;
  readonly predictorLabels: readonly string[];
  /** Start 1 is far from the solution, start 2 is close to it. */
  readonly starts: readonly [Float64Array, Float64Array];
  readonly certified: Certified;
  /** One array for each predictor. */
  readonly predictors: readonly Float64Array[];
  /** The left side of the model equation: the response, or its logarithm where NIST fits that (Nelson). */
  readonly response: Float64Array;
  readonly logResponse: boolean;
}

export interface Certified {
  readonly parameters: Float64Array;
  readonly deviations: Float64Array;
  readonly rss: number;
  readonly residualDeviation: number;
  readonly degreesOfFreedom: number;
  readonly observations: number;
}

/** Reads the text of one `.dat` file. Throws an error that names the data set and what is missing or does not add up. */
export function parseDataset(text: string): Dataset {
  const lines = text.split(/\r?\n/);
  const name = capture(text, /^Dataset Name:\s+(\S+)/m, "a data set name", "NIST data set");
  const parameters = lines.flatMap((line) => parseParameter(line) ?? []);
  const predictorCount = count(text, /(\d+) Predictor/, "predictor", name);
  const [y, ...predictors] = parseColumns(dataLines(lines, name), 1 + predictorCount, name);
  const equation = parseEquation(lines, name);
  const logResponse = equation.startsWith("log[y]");

  const dataset: Dataset = {
    name,
    difficulty: capture(text, /(\w+) Level of Difficulty/, "a level of difficulty", name),
    formula: equation,
    responseLabel: label(text, "y", logResponse),
    predictorLabels: predictors.map((_, i) => label(text, predictorCount === 1 ? "x" : `x${i + 1}`, false)),
    starts: [column(parameters, 0), column(parameters, 1)],
    certified: {
      parameters: column(parameters, 2),
      deviations: column(parameters, 3),
      rss: quantity(text, "Residual Sum of Squares", name),
      residualDeviation: quantity(text, "Residual Standard Deviation", name),
      degreesOfFreedom: quantity(text, "Degrees of Freedom", name),
      observations: count(text, /(\d+) Observations/, "observation", name),
    },
    predictors,
    response: logResponse ? y.map(Math.log) : y,
    logResponse,
  };
  checkCounts(dataset, count(text, /(\d+) Parameters/, "parameter", name));
  return dataset;
}

/** The four numbers of a line such as `  b1 =   500         250           2.3894212918E+02  2.7070075241E+00`. */
function parseParameter(line: string): [number[]] | undefined {
  const numbers = /^\s*b\d+ =\s+(.*)$/.exec(line)?.[1];
  return numbers === undefined ? undefined : [numbers.trim().split(/\s+/).map(Number)];
}

/** The lines of the table of data; the header says where they are, counting from 1. */
function dataLines(lines: readonly string[], name: string): readonly string[] {
  const range = capture(
    lines.join("\n"),
    /^\s*Data\s+\(lines\s+(\d+\s+to\s+\d+)\)/m,
    "in which lines the data are",
    name,
  );
  const [first, last] = range.split("to").map(Number);
  return lines.slice(first - 1, last);
}

function parseColumns(rows: readonly string[], width: number, name: string): Float64Array[] {
  const table = rows.map((row) => row.trim().split(/\s+/).map(Number));
  for (const [i, row] of table.entries()) {
    if (row.length !== width || row.some(Number.isNaN)) {
      throw new Error(`${name}: row ${i + 1} of the data should have ${width} numbers: ${rows[i]}`);
    }
  }
  return Array.from({ length: width }, (_, j) => column(table, j));
}

/** The right place to start is the first line with `y` or `log[y]` left of an equals sign; `+ e` ends the equation. */
function parseEquation(lines: readonly string[], name: string): string {
  const start = lines.findIndex((line) => /^\s+(y|log\[y\])\s+=/.test(line));
  const end = lines.findIndex((line, i) => i >= start && /\+\s*e\s*$/.test(line));
  if (start < 0 || end < 0) throw new Error(`${name}: no model equation`);
  const joined = lines.slice(start, end + 1).join(" ");
  return joined
    .replace(/\s*\+\s*e\s*$/, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** What the header calls `y`, `x`, `x1`…: `1 Predictor Variable (x = pressure)`, `(x1 = time; x2 = temperature)`. */
function label(text: string, symbol: string, logarithm: boolean): string {
  const words = new RegExp(`[(;]\\s*${symbol} = ([^;)]+)[;)]`).exec(text)?.[1];
  const described = words?.trim().replace(/\[(\w+)\]/, " $1") ?? symbol;
  return logarithm ? `log ${described}` : described;
}

function quantity(text: string, title: string, name: string): number {
  return Number(capture(text, new RegExp(`^${title}:\\s+(\\S+)`, "m"), title, name));
}

function count(text: string, pattern: RegExp, what: string, name: string): number {
  return Number(capture(text, pattern, `a number of ${what}s`, name));
}

function capture(text: string, pattern: RegExp, what: string, name: string): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`${name}: the file does not state ${what}`);
  return found;
}

function column(rows: readonly (readonly number[])[], j: number): Float64Array {
  return Float64Array.from(rows, (row) => row[j]);
}

function checkCounts(dataset: Dataset, parameterCount: number): void {
  const { name, certified, starts, response } = dataset;
  for (const values of [certified.parameters, certified.deviations, ...starts]) {
    if (values.length !== parameterCount || values.some(Number.isNaN)) {
      throw new Error(`${name}: should have ${parameterCount} parameters with two starts and certified values`);
    }
  }
  if (response.length !== certified.observations) {
    throw new Error(`${name}: ${response.length} rows of data, but the header states ${certified.observations}`);
  }
}
