/** Numbers for people. What is not known is a dash, never NaN. */

const unknown = '–'
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

const known = (value: number | null | undefined): value is number => typeof value === 'number' && Number.isFinite(value)

const round = (value: number): string => {
  if (Math.abs(value) >= 99.5) return whole.format(value)
  return value.toFixed(Math.abs(value) >= 9.95 || value === 0 ? 0 : 1)
}

/** `1,234`; from 100,000 on `123 k`, from a hundred million on `123 M`. */
export function count(value: number | null | undefined): string {
  if (!known(value)) return unknown
  if (value >= 1e8) return `${whole.format(value / 1e6)} M`
  return value >= 1e5 ? `${whole.format(value / 1e3)} k` : whole.format(value)
}

/** A rate: `0.4`, `12`, `1,234`. */
export function rate(value: number | null | undefined): string {
  if (!known(value)) return unknown
  return value >= 1e5 ? count(value) : round(value)
}

/** @param value 0 to 1 */
export function percent(value: number | null | undefined): string {
  return known(value) ? `${Math.round(value * 100)} %` : unknown
}

/** @param value milliseconds: `1.2 ms`, `340 ms`, `2.3 s`, `5 min` */
export function millis(value: number | null | undefined): string {
  if (!known(value)) return unknown
  if (value < 1_000) return `${round(value)} ms`
  return value < 120_000 ? `${(value / 1_000).toFixed(1)} s` : `${Math.round(value / 60_000)} min`
}

/** `93 MiB`, `1.4 GiB` */
export function bytes(value: number | null | undefined): string {
  if (!known(value)) return unknown
  const mebibytes = value / 1_048_576
  return mebibytes < 1_000 ? `${round(mebibytes)} MiB` : `${(mebibytes / 1_024).toFixed(1)} GiB`
}

/** The two largest units: `42 s`, `3 min 12 s`, `5 h 20 min`, `2 d 3 h` */
export function duration(seconds: number | null | undefined): string {
  if (!known(seconds)) return unknown
  const whole = Math.floor(seconds)
  const units = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const
  const first = units.findIndex(([size]) => whole >= size)
  if (first === -1) return '0 s'
  const [size, name] = units[first]!
  const next = units[first + 1]
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[0])
  return `${Math.floor(whole / size)} ${name}${next === undefined || rest === 0 ? '' : ` ${rest} ${next[1]}`}`
}

/** Cut to so many characters, with an ellipsis. */
export function fit(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, Math.max(1, characters - 1))}…`
}

/**
 * Where a link to the cluster leads; undefined where its address is none of the web. A cluster that listens on every
 * address is reached from here by the name that this page was reached by.
 */
export function linkTo(listen: string, hostname: string): string | undefined {
  if (!URL.canParse(listen)) return undefined
  const url = new URL(listen)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = hostname
  return url.href
}
