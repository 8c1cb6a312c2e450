import type { MetricEntry } from './entry.ts'
import { entryOf, type Labels, type MetricFamily, type Series } from './family.ts'

export type Format = 'text' | 'openmetrics'

/** The `content-type` of each format. */
export const contentTypes: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** Metrics as they are sent. */
export interface Exposition {
  readonly type: string
  readonly text: string
}

/**
 * The format for an `Accept` header: OpenMetrics where it is asked for by name and not less than the text format, for
 * a browser or curl, which take anything, should get what people know.
 */
export function chooseFormat(accept: string | undefined): Format {
  let [open, text] = [0, 0]
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim())
    const given = (name: string) => parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1)
    const quality = Number(given('q') ?? 1)
    const version = given('version')
    if (type === 'application/openmetrics-text' && (version === undefined || version === '1.0.0')) open = Math.max(open, quality)
    if (type === 'text/plain') text = Math.max(text, quality)
  }
  return open > 0 && open >= text ? 'openmetrics' : 'text'
}

/** The families as Prometheus reads them, in the format that the `Accept` header asks for. */
export function expose(families: readonly MetricFamily[], accept: string | undefined): Exposition {
  const format = chooseFormat(accept)
  return { type: contentTypes[format], text: writeMetrics(families, format) }
}

/** The text of one scrape. */
export function writeMetrics(families: readonly MetricFamily[], format: Format): string {
  const lines: string[] = []
  for (const { name, series } of families) {
    const entry = entryOf(name)
    if (entry === undefined) continue
    // OpenMetrics names a counter without the suffix that its samples have.
    const base = format === 'openmetrics' && entry.type === 'counter' ? name.replace(/_total$/, '') : name
    lines.push(`# HELP ${base} ${escapeHelp(entry.help)}`, `# TYPE ${base} ${entry.type}`)
    if (format === 'openmetrics' && base.endsWith(`_${entry.unit}`)) lines.push(`# UNIT ${base} ${entry.unit}`)
    const bounds = entry.buckets?.map((bound) => writeBound(bound, format))
    for (const one of series) {
      if (typeof one.value === 'number') lines.push(`${name}${braces(writeLabels(one.labels, entry))} ${one.value}`)
      else if (bounds !== undefined) writeHistogram(lines, one, entry, bounds)
    }
  }
  if (format === 'openmetrics') lines.push('# EOF')
  return `${lines.join('\n')}\n`
}

function writeHistogram(lines: string[], { labels, value }: Series, entry: MetricEntry, bounds: readonly string[]): void {
  const values = value as readonly number[]
  const own = writeLabels(labels, entry)
  const before = own === '' ? '' : `${own},`
  for (let i = 0; i <= bounds.length; i++) lines.push(`${entry.name}_bucket{${before}le="${bounds[i] ?? '+Inf'}"} ${values[i]}`)
  lines.push(`${entry.name}_sum${braces(own)} ${values[bounds.length + 1]}`, `${entry.name}_count${braces(own)} ${values[bounds.length]}`)
}

/** Whole numbers have a fraction in OpenMetrics: Prometheus 2 takes `1` and `1.0` for two buckets. */
const writeBound = (bound: number, format: Format): string =>
  format === 'openmetrics' && Number.isInteger(bound) ? bound.toFixed(1) : String(bound)

const writeLabels = (labels: Labels, entry: MetricEntry): string =>
  entry.labels
    .filter((label) => labels[label] !== undefined)
    .map((label) => `${label}="${escapeLabel(labels[label]!)}"`)
    .join(',')

const braces = (labels: string): string => (labels === '' ? '' : `{${labels}}`)

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')

const escapeLabel = (text: string): string => (/[\\\n"]/.test(text) ? escapeHelp(text).replaceAll('"', '\\"') : text)
