/** How pages look. Colours keep apart for every kind of colour blindness (after Okabe and Ito), and are strong enough for text. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --back: light-dark(#fbfaf8, #0f1419);
  --card: light-dark(#ffffff, #171e26);
  --inset: light-dark(#f3f1ec, #1d252f);
  --text: light-dark(#1b2430, #e3e8ee);
  --soft: light-dark(#55606e, #9ba7b5);
  --line: light-dark(#dfdcd5, #2c3641);
  --grid: light-dark(#e9e7e1, #28313c);
  --accent: light-dark(#0067a5, #58b4f5);
  --accent-tint: light-dark(#e2eff8, #14304a);
  --look-0: light-dark(#0067a5, #58b4f5);
  --look-1: light-dark(#c2500a, #ff9b61);
  --look-2: light-dark(#00805e, #43cf9d);
  --look-3: light-dark(#a8488a, #ee95cf);
  --look-4: light-dark(#8a6500, #e6c34d);
  --look-5: light-dark(#4b5fd1, #a9adff);
  --look-6: light-dark(#10161d, #f4f7fa);
  --look-7: light-dark(#7a3b1d, #d8a57d);
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--back); color: var(--text); font: 1.0625rem/1.6 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; overflow-wrap: break-word; }
header, main, footer { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 3rem; }
h1, h2, h3 { line-height: 1.2; letter-spacing: -0.012em; text-wrap: balance; }
h1 { margin: 0 0 0.4em; font-size: clamp(1.7rem, 1.2rem + 2.4vw, 2.6rem); }
h2 { margin: 0 0 0.5em; font-size: 1.55rem; }
h3 { margin: 0 0 0.25em; font-size: 1.12rem; }
p, ul, ol, dl { margin: 0 0 1em; max-width: 68ch; }
.kicker { margin: 0 0 0.6rem; color: var(--soft); font-size: 0.9rem; font-weight: 600; letter-spacing: 0.04em; text-transform: uppercase; }
li + li { margin-top: 0.35em; }
.lead { font-size: 1.2rem; line-height: 1.5; }
.soft { color: var(--soft); font-size: 0.95rem; }
section { margin: 0; padding: 2.25rem 0 1.25rem; border-top: 1px solid var(--line); scroll-margin-top: 1rem; }
section:first-child { border-top: 0; padding-top: 1.25rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
nav { margin: 1.25rem 0 1rem; font-size: 0.95rem; }
nav ol { display: flex; flex-wrap: wrap; gap: 0.35rem 1.2rem; margin: 0; padding: 0; max-width: none; list-style: none; }
nav li { margin: 0; }
nav a { display: inline-block; padding: 0.15rem 0; }
.skip { position: absolute; left: 0.5rem; top: -4rem; padding: 0.5rem 1rem; background: var(--card); }
.skip:focus { top: 0.5rem; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { padding-top: 1.5rem; padding-bottom: 3rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.9rem; }
code { font: 0.88em/1.5 ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { margin: 0.3rem 0 1.1rem; padding: 0.7rem 0.9rem; border-radius: 8px; background: var(--inset); white-space: pre-wrap; }
summary { display: inline-block; padding: 0.2rem 0; color: var(--accent); font-size: 0.95rem; cursor: pointer; }
summary::before { content: '▸ '; }
[open] > summary::before { content: '▾ '; }

.scrolls { overflow-x: auto; margin: 0.5rem 0 1.25rem; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
table { width: 100%; border-collapse: collapse; font-size: 0.92rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
th, td { padding: 0.5rem 0.7rem; text-align: right; vertical-align: baseline; }
thead th { vertical-align: bottom; color: var(--soft); font-size: 0.85rem; font-weight: 600; }
tbody tr { border-top: 1px solid var(--line); }
tbody th, thead th:first-child { position: sticky; left: 0; min-width: 8rem; background: var(--card); text-align: left; font-weight: 600; }
td.in-words { text-align: left; }

.verdict { margin: 1.5rem 0 1.25rem; padding: 1.4rem 1.6rem 0.6rem; border: 1px solid var(--line); border-left: 6px solid var(--accent); border-radius: 14px; background: var(--card); }
.answer { margin-bottom: 0.6rem; font-size: clamp(1.25rem, 1rem + 1.2vw, 1.6rem); line-height: 1.25; }
.answer span { display: block; color: var(--soft); font-size: 0.95rem; font-weight: 600; }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 0.8rem; margin: 1.25rem 0 1rem; padding: 0; max-width: none; }
.tiles > div { padding: 0.9rem 1.1rem; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
.tiles dt { color: var(--soft); font-size: 0.92rem; line-height: 1.35; }
.tiles dd { margin: 0; font-size: 1.6rem; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tiles small { display: block; color: var(--soft); font-size: 0.88rem; font-weight: 400; line-height: 1.4; }

@media print {
  :root { color-scheme: light; font-size: 9.5pt; }
  body { background: #ffffff; }
  header { padding-top: 0; }
  nav, .skip { display: none; }
  figure, table, .tiles > div, .card { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`
