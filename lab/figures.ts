/** A number for people: three digits that count, thousands apart; `–` where there is none. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 100) return grouped(value, 0)
  if (size >= 10) return grouped(value, 1)
  if (size >= 1) return grouped(value, 2)
  return size < 1e-6 ? '0' : String(Number(value.toPrecision(2)))
}

/** The same for a sentence, where three digits are enough of a large one, too: `3,870`. */
export const amount = (value: number): string => figure(Number.isFinite(value) ? Number(value.toPrecision(3)) : value)

/** `3.2 ms`, or `1.4 s` from a second on; what never ends takes `for ever`. */
export function timeText(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'for ever'
  if (ms > 0 && ms < 0.01) return 'less than 0.01 ms'
  return ms >= 1_000 ? `${amount(ms / 1_000)} s` : `${amount(ms)} ms`
}

/** Seconds for people who wait: `40 s`, `5:20 min`. */
export function waitText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`
}

/** A part of a whole: `97 %`; what is more than nothing and less than all is not told as either. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.01) return 'less than 1 %'
  if (share < 1 && share > 0.99) return 'more than 99 %'
  return `${Math.round(share * 100)} %`
}

/** How much more one is than the other: `49 times as many`, `38 % more`. */
export function moreText(more: number, less: number): string {
  const factor = more / less
  if (!Number.isFinite(factor)) return 'incomparably more'
  return factor >= 1.995 ? `${amount(factor)} times as many` : `${Math.round((factor - 1) * 100)} % more`
}

export const mebibytes = (bytes: number): number => bytes / 2 ** 20

/** With its unit, as memory is spoken of. */
export const memoryText = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${figure(bytes / 2 ** 30)} GiB` : `${amount(mebibytes(bytes))} MiB`

/** A number on an axis, as short as it can be. */
export function tickLabel(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e12) return value.toExponential(0)
  for (const [unit, sign] of scales) {
    if (size >= unit * 10) return `${grouped(value / unit, 1)}${sign}`
  }
  return size > 0 && size < 1e-3 ? value.toExponential(0) : grouped(value, 3)
}

const scales = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

const grouped = (value: number, digits: number): string => value.toLocaleString('en-US', { maximumFractionDigits: digits })
