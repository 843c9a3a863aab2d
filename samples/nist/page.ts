import { escape } from "../show/text.ts";
import { wantedDigits } from "./agreement.ts";
import { fitPlot } from "./plot.ts";
import { agrees, worstDigits, type Outcome, type Result } from "./results.ts";
import { style } from "./style.ts";
import { summary } from "./table.ts";
import { equation } from "./text.ts";

/** One self-contained page with a plot of every fit, and every figure behind it. */
export function fitsPage(results: readonly Result[]): string {
  const levels = [...new Set(results.map(({ dataset }) => dataset.difficulty))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>NIST nonlinear regression, fitted with compiled Jacobians</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Nonlinear regression with compiled Jacobians</h1>
<p>The 27 nonlinear regression data sets of NIST’s Statistical Reference Datasets. Each model is an ordinary TypeScript function; tsgrad wrote its Jacobian. The curves below were fitted from NIST’s start 2; the strip under each shows what is left over.</p>
<ul class="facts">${summary(results)
    .map((fact) => `<li>${escape(fact)}</li>`)
    .join("")}</ul>
</header>
<main>
${levels.map((level) => section(level, results)).join("\n")}
<section>
<h2>Every fit</h2>
${fullTable(results)}
</section>
</main>
</body>
</html>
`;
}

function section(level: string, results: readonly Result[]): string {
  const cards = results.filter(({ dataset, start }) => dataset.difficulty === level && start === 2).map(card);
  return `<section>
<h2>${escape(level)} level of difficulty</h2>
<div class="cards">
${cards.join("\n")}
</div>
</section>`;
}

function card({ dataset, problem, generated }: Result): string {
  const { certified, name, formula } = dataset;
  return `<article id="${escape(name)}">
<div class="title"><h3>${escape(name)}</h3>${badge(generated)}</div>
<p class="equation">${equation(formula)}</p>
${fitPlot(dataset, problem, generated.parameters)}
<dl>
<div><dt>Points</dt><dd>${certified.observations}</dd></div>
<div><dt>Iterations</dt><dd>${generated.iterations}</dd></div>
<div><dt>Sum of squares</dt><dd>${figure(generated.rss, 7)}</dd></div>
<div><dt>Certified</dt><dd>${figure(certified.rss, 7)}</dd></div>
</dl>
<details><summary>${certified.parameters.length} parameters, certified and fitted</summary>
${parameterTable(dataset.certified.parameters, generated)}
</details>
</article>`;
}

function badge(outcome: Outcome): string {
  const kind = agrees(outcome) ? "good" : "bad";
  return `<span class="badge ${kind}" title="The parameter that agrees least with its certified value">${worstDigits(outcome).toFixed(1)} digits</span>`;
}

function parameterTable(certified: Float64Array, { parameters, digits }: Outcome): string {
  const rows = Array.from(
    certified,
    (value, j) =>
      `<tr><th><i>b</i><sub>${j + 1}</sub></th><td>${figure(value, 11)}</td><td>${figure(parameters[j], 11)}</td><td>${digits[j].toFixed(1)}</td></tr>`,
  );
  return `<table class="parameters"><thead><tr><th></th><th>certified</th><th>fitted</th><th>digits</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function fullTable(results: readonly Result[]): string {
  const head = [
    "Data set",
    "Start",
    "Iterations",
    "Digits of agreement of each parameter",
    "Sum of squares",
    "Generated, ms",
    "Differences, ms",
    "Digits with differences",
  ];
  return `<div class="scroll"><table class="full"><thead><tr>${head.map((title) => `<th>${title}</th>`).join("")}</tr></thead><tbody>
${results.map(fullRow).join("\n")}
</tbody></table></div>`;
}

function fullRow({ dataset, start, generated, differences }: Result): string {
  const name = start === 1 ? `<th rowspan="2"><a href="#${escape(dataset.name)}">${escape(dataset.name)}</a></th>` : "";
  const cells = [
    String(start),
    generated.converged ? String(generated.iterations) : `&gt; ${generated.iterations}`,
    `<span class="digits">${generated.digits.map(digitCell).join("")}</span>`,
    figure(generated.rss, 7),
    generated.milliseconds.toFixed(1),
    differences.milliseconds.toFixed(1),
    `<span class="digits">${digitCell(worstDigits(differences))}</span>`,
  ];
  return `<tr class="start${start}">${name}${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

function digitCell(digits: number): string {
  const kind = digits >= wantedDigits ? "good" : digits >= wantedDigits / 2 ? "fair" : "bad";
  return `<span class="${kind}">${digits.toFixed(1)}</span>`;
}

/** Small and large numbers as powers of ten. */
function figure(value: number, precision: number): string {
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) return value.toPrecision(precision).replace("-", "−");
  const [digits, exponent] = value.toExponential(precision - 1).split("e");
  return `${digits} × 10<sup>${exponent.replace("+", "")}</sup>`.replaceAll("-", "−");
}
