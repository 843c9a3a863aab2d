import { readProject } from "/work/main/compiler/frontend/index.ts";
import { verifyProgram } from "/work/main/compiler/ir/verify.ts";
import { printProgram } from "/work/main/compiler/ir/print.ts";
const f = readProject({ cwd: "/work/main", files: process.argv.slice(2) });
console.log(f.targets.length, f.program.size, f.reports.map((r) => `${r.origin?.file}:${r.origin?.start} ${r.code} ${r.message}`));
console.log(verifyProgram(f.program).filter(x => !/is no function/.test(x)));
if (process.env.P) console.log(printProgram(f.program));
