// @ts-check
import { actual, count, length, share, time } from './format.js'

/** @import { Report } from './report.js' */

/**
 * The report for a terminal.
 * @param {Report} report
 * @param {readonly string[]} files where the others are
 * @param {boolean} colours
 */
export function asText(report, files, colours) {
  /** @type {(code: number) => (text: string) => string} */
  const paint = (code) => (text) => (colours ? `\u001B[${code}m${text}\u001B[0m` : text)
  const [bold, red, green, dim] = /** @type {const} */ ([1, 31, 32, 2]).map(paint)
  if (!bold || !red || !green || !dim) return ''
  const broken = report.thresholds.filter(({ ok }) => !ok)
  const wrong = report.checks.filter(({ fails }) => fails > 0)
  const verdict = report.passed
    ? green(`passed: all ${report.thresholds.length} thresholds kept`)
    : red(`failed: ${broken.length} of ${report.thresholds.length} thresholds crossed`)
  const made = report.checks.reduce((sum, { passes, fails }) => sum + passes + fails, 0)

  return [
    '',
    `${bold(report.script)}  ${verdict}`,
    `${report.url}, ${length(report.seconds)}`,
    '',
    `  requests ${count(report.requests)} (${report.perSecond.toFixed(1)}/s)   failed ${share(report.failed)}   shed ${share(report.shed)}   due but not sent ${count(report.dropped)}`,
    ...(report.offered === undefined ? [] : [`  highest rate offered ${count(report.offered)}/s`]),
    '',
    ...table(
      ['', 'requests', 'failed', 'median', 'p95', 'p99', 'max'],
      report.timings.map((t) => [t.name, count(t.count), share(t.failed), time(t.med), time(t.p95), time(t.p99), time(t.max)]),
    ),
    '',
    ...broken.map((threshold) => red(`  ✗ ${threshold.metric} ${threshold.limit}: was ${actual(threshold)}`)),
    ...wrong.map(({ name, passes, fails }) => red(`  ✗ ${name}: ${count(fails)} of ${count(passes + fails)} wrong`)),
    wrong.length === 0 ? green(`  ✓ ${count(made)} checks of statuses and bodies, none wrong`) : '',
    ...(files.length === 0 ? [] : ['', dim(`  ${files.join('\n  ')}`)]),
    '',
    '',
  ].join('\n')
}

/** @type {(head: string[], rows: string[][]) => string[]} */
function table(head, rows) {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)))
  return [head, ...rows].map(
    (row) => `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`,
  )
}
