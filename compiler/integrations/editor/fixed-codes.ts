/** The codes that something can be done about, for those who only ask. */
import { warningCodes, type Code } from "../../diagnostics/table.ts";

/** Those whose hint is mechanical. */
export const mechanicalCodes = [
  "TG1014",
  "TG1016",
  "TG1019",
  "TG2004",
  "TG2005",
  "TG2006",
  "TG2007",
  "TG2010",
  "TG2011",
  "TG2013",
  "TG2016",
  "TG2017",
  "TG2018",
  "TG2021",
  "TG2022",
  "TG2024",
  "TG2036",
  "TG3101",
  "TG3102",
  "TG3104",
  "TG3105",
  "TG3106",
  "TG3107",
] as const satisfies readonly Code[];

export type MechanicalCode = (typeof mechanicalCodes)[number];

/** With the warnings, which a comment can silence. */
export const fixedCodes: readonly Code[] = [...new Set<Code>([...mechanicalCodes, ...warningCodes])];
