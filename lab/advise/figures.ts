/** A time, with as many digits as are worth reading. @param value milliseconds */
export function ms(value: number): string {
  if (!Number.isFinite(value)) return 'for ever'
  if (value >= 10_000) return `${(value / 1_000).toFixed(0)} s`
  if (value >= 1_000) return `${(value / 1_000).toFixed(1)} s`
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ms`
}

/** Requests per second. */
export const per = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(value < 1 ? 1 : 2)

/** @param value 0 to 1 */
export const share = (value: number): string => {
  const percent = value * 100
  return percent > 0 && percent < 1 ? 'less than 1 %' : `${Math.round(percent)} %`
}

/** A mean of things that are counted. */
export const count = (value: number): string => (value >= 10 ? String(Math.round(value)) : value.toFixed(1))

export const bytes = (value: number): string => `${Math.round(value / 2 ** 20)} MiB`
