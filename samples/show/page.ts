import { checked, type Figures, type Study } from "./study.ts";
import { digits, escape } from "./text.ts";

const style = `
body { margin: 0 auto; max-width: 1000px; padding: 32px 24px 64px; background: #f6f5f1; color: #1d2330; font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; line-height: 1.2; letter-spacing: -0.01em; margin: 0 0 24px; text-wrap: balance; }
figure { margin: 0 0 24px; padding: 16px; background: #ffffff; border: 1px solid #e4e3dd; border-radius: 10px; overflow-x: auto; }
figcaption { color: #6a7282; margin-top: 8px; } svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; margin: 0 0 24px; background: #ffffff; border: 1px solid #e4e3dd; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 14px; border-bottom: 1px solid #e4e3dd; text-align: left; } th { color: #6a7282; font-weight: 500; }
.number { text-align: right; } .good { color: #1f7a4d; } .bad { color: #b3261e; }`;

/** A study as a self-contained page: its plots first, then its figures and checks. */
export function page({ title, tables, checks, plots = {} }: Study): string {
  const figures = Object.entries(plots).map(
    ([caption, svg]) => `<figure>\n${svg}<figcaption>${escape(caption)}</figcaption></figure>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escape(title)}</h1>
${[...figures, ...[...tables, checked(checks)].map(table)].join("\n")}
</body>
</html>
`;
}

function table({ head, rows }: Figures): string {
  const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`);
  return `<table>\n<tr>${head.map((text) => `<th>${escape(text)}</th>`).join("")}</tr>\n${body.join("\n")}\n</table>`;
}

function cell(value: string | number): string {
  if (typeof value === "number") return `<td class="number">${digits(value)}</td>`;
  const mark = value === "✓" ? ' class="good"' : value === "✗" ? ' class="bad"' : "";
  return `<td${mark}>${escape(value)}</td>`;
}
