import type { Fixture } from "../../support/fixture.ts";

/** The annotated modules of a sample by name, and where their derivatives are tried, as for fixtures. */
export type SampleCases = Readonly<Record<string, Fixture>>;
