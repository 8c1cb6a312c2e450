/** A number for people: three digits that count, thousands apart; `–` where there is none. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 100) return grouped(value, 0)
  if (size >= 10) return grouped(value, 1)
  if (size >= 1) return grouped(value, 2)
  return size < 1e-6 ? '0' : String(Number(value.toPrecision(2)))
}

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

export const megabytes = (bytes: number): number => bytes / 2 ** 20

/** With its unit, as memory is spoken of. */
export const memory = (bytes: number): string => (bytes >= 2 ** 30 ? `${figure(bytes / 2 ** 30)} GB` : `${figure(megabytes(bytes))} MB`)
