import { allMetrics } from './catalog.ts'
import type { MetricEntry } from './entry.ts'

const titles: readonly (readonly [MetricEntry['from'], string])[] = [
  ['loop', 'Counted by each loop'],
  ['balancer', 'Counted by each balancer'],
  ['supervisor', 'Counted by the supervisor'],
]

/** Every metric as Markdown tables, for docs/metrics.md. */
export function metricReference(): string {
  return titles
    .map(([from, title]) => {
      const rows = allMetrics.filter((entry) => entry.from === from).map(row)
      return [`### ${title}`, '', '| metric | labels | what it says | alert worth having |', '|---|---|---|---|', ...rows].join('\n')
    })
    .join('\n\n')
}

function row({ name, type, unit, labels, help, meaning, alert }: MetricEntry): string {
  const names = labels.map((label) => `\`${label}\``).join(', ')
  const shown = alert === undefined ? '' : `${alert.name}<br>\`${escape(alert.when)}\``
  return `| \`${name}\`<br>${type}, ${unit} | ${names} | ${escape(help)} ${escape(meaning)} | ${shown} |`
}

const escape = (text: string): string => text.replaceAll('|', '\\|')
