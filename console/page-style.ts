/** The console's style sheet: light and dark by the operator's system, readable from 360 pixels on. */
export const pageStyle = `
:root { --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --back: #ffffff; --good: #116329; --warn: #7d4e00; --bad: #a40e26; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --soft: #9aa4af; --line: #30363d; --back: #0d1117; --good: #56d364; --warn: #e3b341; --bad: #ff7b72; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0 0; color: var(--soft); overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th { color: var(--soft); font-weight: 500; }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
.ready { color: var(--good); }
.starting, .draining { color: var(--warn); }
.dead, .blocked, .lost { color: var(--bad); }
@media (max-width: 40rem) { th, td { padding: .3rem .4rem; font-size: 13px; } }
`
