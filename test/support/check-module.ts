/** The numeric checks for every annotated function of a file of test problems. */
import { readFile } from "node:fs/promises";
import type { BuiltModule } from "./build.ts";
import { checkFunction, type Options } from "./numbers.ts";
import { primalOf, specsOf, type Hints } from "./spec.ts";

export interface Sample {
  readonly args: () => unknown[];
  readonly options?: Options;
}

export async function checkModule(
  file: string,
  built: BuiltModule<Readonly<Record<string, unknown>>>,
  samples: Readonly<Record<string, Sample>>,
  hints: Hints,
): Promise<Map<string, string[]>> {
  const specs = specsOf(await readFile(file, "utf8"), hints);
  return new Map(
    specs.map((spec) => {
      const sample = samples[spec.name];
      if (sample === undefined) return [spec.name, ["no sample"]];
      return [
        spec.name,
        checkFunction(spec, primalOf(spec, built.source), built.generated, sample.args, sample.options),
      ];
    }),
  );
}
