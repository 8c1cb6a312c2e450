// @ts-check
import { actual, count, length, share, time } from './format.js'

/** @import { Report, Timing } from './report.js' */

const css = `
  :root { color-scheme: light dark; --ink: light-dark(#1c2430, #e4e8ee); --soft: light-dark(#5b6675, #9aa6b5); --paper: light-dark(#fff, #14181e);
    --card: light-dark(#f4f6f8, #1d232b); --line: light-dark(#dde2e8, #2e3742); --good: light-dark(#0b6e4f, #4cc38a); --bad: light-dark(#b3261e, #ff8a80); --bar: light-dark(#2f6fde, #6ea8fe) }
  * { box-sizing: border-box }
  body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
  h1 { font-size: 1.5rem; letter-spacing: -.01em; margin: 0 }
  h2 { font-size: 1rem; margin: 2.25rem 0 .5rem }
  p { margin: .25rem 0; color: var(--soft) }
  .verdict { font-weight: 600; margin-left: .5rem }
  .good { color: var(--good) } .bad { color: var(--bad) }
  dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0 }
  dl div { background: var(--card); border-radius: .5rem; padding: .75rem 1rem }
  dt { color: var(--soft); font-size: .85rem } dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums }
  .wide { overflow-x: auto }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
  th, td { text-align: right; padding: .35rem .75rem; border-bottom: 1px solid var(--line); white-space: nowrap }
  th { color: var(--soft); font-weight: 500; font-size: .85rem }
  th:first-child, td:first-child { text-align: left; padding-left: 0 }
  td:last-child, th:last-child { padding-right: 0 }
  code { font: .9em ui-monospace, monospace }
  svg { display: block; width: 100%; min-width: 9rem; height: .9rem }
  .range { fill: var(--bar); opacity: .25 } .tail { fill: var(--bar); opacity: .6 } .median { fill: var(--bar) }`

/** The report as one page that needs nothing else, in light and in dark. */
/** @type {(report: Report) => string} */
export function asHtml(report) {
  const slowest = Math.max(...report.timings.map(({ max }) => max), 1)
  const kept = report.thresholds.filter(({ ok }) => ok).length
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(report.script)} ${report.passed ? 'passed' : 'failed'}</title>
<style>${css}
</style>
<h1>${text(report.script)}<span class="verdict ${report.passed ? 'good">✓ passed' : 'bad">✗ failed'}</span></h1>
<p>${text(report.url)} · ${text(report.ended.slice(0, 19).replace('T', ' '))} UTC · ${length(report.seconds)}</p>
<dl>
${[
  ['requests', count(report.requests)],
  ['a second', report.perSecond.toFixed(1)],
  ['failed', share(report.failed)],
  ['shed', share(report.shed)],
  ['due but not sent', count(report.dropped)],
  ...(report.offered === undefined ? [] : [['highest rate offered', `${count(report.offered)}/s`]]),
]
  .map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`)
  .join('\n')}
</dl>
<h2>Response times</h2>
${table(
  ['', 'requests', 'failed', 'median', 'p95', 'p99', 'max', 'median, p99, max'],
  report.timings.map((timing) => timingRow(timing, slowest)),
)}
<h2>Thresholds: ${kept} of ${report.thresholds.length} kept</h2>
${table(
  ['metric', 'limit', 'measured', ''],
  report.thresholds.map((threshold) => [
    `<code>${text(threshold.metric)}</code>`,
    `<code>${text(threshold.limit)}</code>`,
    actual(threshold),
    mark(threshold.ok, 'kept', 'crossed'),
  ]),
)}
<h2>Checks of statuses and bodies</h2>
${table(
  ['check', 'right', 'wrong', ''],
  report.checks.map(({ name, passes, fails }) => [text(name), count(passes), count(fails), mark(fails === 0, 'all right', 'wrong')]),
)}
</html>
`
}

/** @type {(timing: Timing, slowest: number) => string[]} */
function timingRow({ name, failed, med, p95, p99, max, ...timing }, slowest) {
  /** @type {(kind: string, value: number) => string} */
  const bar = (kind, value) => `<rect class="${kind}" width="${((value / slowest) * 100).toFixed(2)}" height="10"/>`
  const picture = `<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${bar('range', max)}${bar('tail', p99)}${bar('median', med)}</svg>`
  return [`<code>${text(name)}</code>`, count(timing.count), share(failed), time(med), time(p95), time(p99), time(max), picture]
}

/** @type {(head: readonly string[], rows: readonly string[][]) => string} */
const table = (head, rows) => `<div class="wide"><table>
<tr>${head.map((cell) => `<th scope="col">${cell}`).join('')}
${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}`).join('')}`).join('\n')}
</table></div>`

/** @type {(ok: boolean, good: string, bad: string) => string} */
const mark = (ok, good, bad) => (ok ? `<span class="good">✓ ${good}</span>` : `<span class="bad">✗ ${bad}</span>`)

/** @type {(raw: string) => string} */
const text = (raw) => raw.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
