/** The test run is the same each time; `SEED=n npm test` looks elsewhere. A failure prints its seed either way. */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env["SEED"] ?? 20261121) });
