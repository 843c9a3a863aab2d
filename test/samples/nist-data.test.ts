import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDataset } from "../../samples/nist/parse.ts";

const folder = new URL("../../samples/nist/data/", import.meta.url);
const files = readdirSync(folder);
const text = (file: string) => readFileSync(new URL(file, folder), "utf8");

describe("reading NIST's .dat format", () => {
  it("finds all 27 data sets", () => {
    expect(files).toHaveLength(27);
  });

  it.each(files)("reads as much from %s as its header states", (file) => {
    const source = text(file);
    const dataset = parseDataset(source);
    const [, first, last] = /Data +\(lines +(\d+) to +(\d+)\)/.exec(source) ?? [];
    const stated = (pattern: RegExp) => Number(pattern.exec(source)?.[1]);
    const parameterCount = stated(/(\d+) Parameters/);

    expect(`${dataset.name}.dat`).toBe(file);
    expect(dataset.response).toHaveLength(Number(last) - Number(first) + 1);
    expect(dataset.response).toHaveLength(stated(/(\d+) Observations/));
    expect(dataset.predictors).toHaveLength(stated(/(\d+) Predictor/));
    expect(dataset.predictorLabels).toHaveLength(dataset.predictors.length);
    for (const predictor of dataset.predictors) expect(predictor).toHaveLength(dataset.response.length);
    for (const values of [...dataset.starts, dataset.certified.parameters, dataset.certified.deviations]) {
      expect(values).toHaveLength(parameterCount);
    }
    const freedom = dataset.response.length - parameterCount;
    // NIST's file for Rat43 states 9 degrees of freedom, but its residual deviation was computed with 15 - 4 = 11.
    expect(dataset.certified.degreesOfFreedom).toBe(dataset.name === "Rat43" ? 9 : freedom);
    expect(Math.sqrt(dataset.certified.rss / freedom) / dataset.certified.residualDeviation).toBeCloseTo(1, 9);
    expect([...dataset.response, ...dataset.predictors.flatMap((values) => [...values])].every(Number.isFinite)).toBe(
      true,
    );
  });

  it("reads starts, certified values and data of Misra1a", () => {
    const dataset = parseDataset(text("Misra1a.dat"));
    expect(dataset).toMatchObject({
      name: "Misra1a",
      difficulty: "Lower",
      formula: "y = b1*(1-exp[-b2*x])",
      responseLabel: "volume",
      predictorLabels: ["pressure"],
      logResponse: false,
    });
    expect(dataset.starts.map((start) => [...start])).toEqual([
      [500, 0.0001],
      [250, 0.0005],
    ]);
    expect([...dataset.certified.parameters]).toEqual([238.94212918, 0.00055015643181]);
    expect([...dataset.certified.deviations]).toEqual([2.7070075241, 0.0000072668688436]);
    expect(dataset.certified.rss).toBe(0.12455138894);
    expect([dataset.response[0], dataset.predictors[0][0]]).toEqual([10.07, 77.6]);
    expect([dataset.response[13], dataset.predictors[0][13]]).toEqual([81.78, 760]);
  });

  it("takes the logarithm of Nelson's response, as its model equation does, and both predictors", () => {
    const dataset = parseDataset(text("Nelson.dat"));
    expect(dataset.logResponse).toBe(true);
    expect(dataset.predictorLabels).toEqual(["time", "temperature"]);
    expect(dataset.response[0]).toBe(Math.log(15));
    expect(dataset.predictors.map((values) => values[0])).toEqual([1, 180]);
  });

  it("joins an equation that goes over several lines", () => {
    expect(parseDataset(text("Gauss1.dat")).formula).toBe(
      "y = b1*exp( -b2*x ) + b3*exp( -(x-b4)**2 / b5**2 ) + b6*exp( -(x-b7)**2 / b8**2 )",
    );
  });

  it("refuses a file with a line of data missing", () => {
    const lines = text("Misra1a.dat").split("\n");
    expect(() => parseDataset(lines.toSpliced(70, 1).join("\n"))).toThrow(/Misra1a: row 14/);
  });
});
