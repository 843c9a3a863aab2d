/** The page's style sheet. Light or dark as the reader's system asks. */
export const style = `
:root {
  --page: #f6f5f1; --card: #ffffff; --ink: #1d2330; --faint: #6a7282; --rule: #e4e3dd; --grid: #eceae4; --strip: #f8f7f3;
  --data: #2f5d8c; --curve: #e2603a; --good: #1f7a4d; --good-back: #e1f3e8; --fair: #8a6100; --fair-back: #fbf0d3; --bad: #b3261e; --bad-back: #fbe3e1;
  --s0: #e2603a; --s1: #b8860b; --s2: #2a8c82; --s3: #5b5bd6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151b; --card: #1a1e27; --ink: #e8eaf0; --faint: #98a1b3; --rule: #2b313d; --grid: #262c37; --strip: #1e232d;
    --data: #7fb2e5; --curve: #ff8a5c; --good: #7ddba8; --good-back: #173527; --fair: #f0c869; --fair-back: #3a2f12; --bad: #ff9b93; --bad-back: #431c19;
    --s0: #ff8a5c; --s1: #e6b94d; --s2: #55c9bd; --s3: #9d9dff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 "Inter", system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
header, main { max-width: 1480px; margin: 0 auto; padding: 0 28px; }
header { padding-top: 44px; }
h1 { font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; margin: 0 0 12px; text-wrap: balance; }
header p { max-width: 70ch; margin: 0; color: var(--faint); font-size: 16px; }
.facts { list-style: none; display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 14px; padding: 0; margin: 26px 0 0; }
.facts li { background: var(--card); border: 1px solid var(--rule); border-left: 4px solid var(--curve); border-radius: 8px; padding: 12px 16px; }
h2 { font-size: 20px; letter-spacing: -0.01em; margin: 44px 0 16px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 20px; align-items: start; }
article { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 18px 18px 12px; box-shadow: 0 1px 2px rgb(0 0 0 / 4%); scroll-margin-top: 16px; }
.title { display: flex; align-items: center; justify-content: space-between; gap: 12px; }
h3 { font-size: 18px; margin: 0; }
.badge { font-size: 12.5px; font-weight: 600; border-radius: 99px; padding: 2px 10px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.good { color: var(--good); } .fair { color: var(--fair); } .bad { color: var(--bad); }
.badge.good, .digits .good { background: var(--good-back); } .badge.bad, .digits .bad { background: var(--bad-back); } .digits .fair { background: var(--fair-back); }
.equation { margin: 6px 0 8px; color: var(--faint); font: 14px/1.55 "STIX Two Text", "Cambria", "Georgia", "Liberation Serif", serif; min-height: 3.1em; }
.equation i { color: var(--ink); }
sup, sub { font-size: 0.72em; line-height: 0; }
svg { display: block; width: 100%; height: auto; font-size: 11px; font-variant-numeric: tabular-nums; }
svg text { fill: var(--faint); } svg .label { fill: var(--ink); }
svg path { fill: none; }
.grid { stroke: var(--grid); } .zero { stroke: var(--faint); stroke-width: 0.75; stroke-dasharray: 2 3; } .strip { fill: var(--strip); }
.curve { stroke: var(--curve); stroke-width: 2; stroke-linejoin: round; }
.data, .residual { stroke: var(--data); stroke-linecap: round; }
.data.sparse { stroke-width: 6; stroke-opacity: 0.75; } .data.dense { stroke-width: 4; stroke-opacity: 0.45; }
.residual.sparse { stroke-width: 4; stroke-opacity: 0.75; } .residual.dense { stroke-width: 3; stroke-opacity: 0.45; }
.series0 { stroke: var(--s0); } .series1 { stroke: var(--s1); } .series2 { stroke: var(--s2); } .series3 { stroke: var(--s3); }
.data[class*="series"] { stroke-opacity: 0.8; }
dl { display: grid; grid-template-columns: 0.7fr 0.9fr 1.5fr 1.5fr; gap: 8px; margin: 8px 0 10px; padding-top: 10px; border-top: 1px solid var(--rule); }
dt { color: var(--faint); font-size: 11.5px; } dd { margin: 0; font-size: 13.5px; font-variant-numeric: tabular-nums; }
details { border-top: 1px solid var(--rule); padding: 8px 0 4px; font-size: 13.5px; }
summary { cursor: pointer; color: var(--faint); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.parameters { width: 100%; margin-top: 6px; font-size: 13px; }
.parameters td, .parameters th { padding: 3px 4px; text-align: right; font-weight: 400; }
.parameters th:first-child { text-align: left; } .parameters thead th { color: var(--faint); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; margin-bottom: 56px; }
.full { width: 100%; font-size: 13.5px; }
.full th, .full td { padding: 6px 14px; text-align: right; white-space: nowrap; }
.full th:first-child, .full td:nth-last-child(5) { text-align: left; } .full thead th:nth-child(4) { text-align: left; }
.full thead th { color: var(--faint); font-weight: 500; border-bottom: 1px solid var(--rule); white-space: normal; vertical-align: bottom; }
.full tbody th { font-weight: 600; vertical-align: top; } .full .start1 > * { border-top: 1px solid var(--rule); }
.full a { color: inherit; text-decoration: none; } .full a:hover { text-decoration: underline; }
.digits { display: inline-flex; gap: 4px; } .digits span { border-radius: 4px; padding: 0 5px; min-width: 38px; text-align: center; }
`;
