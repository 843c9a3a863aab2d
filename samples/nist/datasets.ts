import { readFileSync } from "node:fs";
import { parseDataset, type Dataset } from "./parse.ts";
import { problems, type Problem } from "./problems.ts";

export interface Task {
  readonly dataset: Dataset;
  readonly problem: Problem;
}

/** All data sets with their models, from those that NIST calls easy to those it calls hard. */
export function readTasks(): Task[] {
  return Object.entries(problems).map(([name, problem]) => ({ dataset: readDataset(name), problem }));
}

export function readDataset(name: string): Dataset {
  return parseDataset(readFileSync(new URL(`data/${name}.dat`, import.meta.url), "utf8"));
}
