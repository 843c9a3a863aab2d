import type { Case, Scale } from "./case.ts";
import { adbenchCases } from "./adbench.ts";
import { arrayCases } from "./arrays.ts";
import { steppingCases } from "./stepping.ts";
import { structureCases } from "./structures.ts";
import { tensorCases } from "./tensors.ts";

export function allCases(scale: Scale): readonly Case[] {
  return [
    ...arrayCases(scale),
    ...steppingCases(scale),
    ...structureCases(scale),
    ...tensorCases(scale),
    ...adbenchCases(scale),
  ];
}
