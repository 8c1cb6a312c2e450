/** A number with as many digits as mean something: `3,900`, `79`, `6.3`, `0.42`. */
export function amount(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const digits = Math.max(0, Math.min(2, 1 - Math.floor(Math.log10(Math.abs(value)))))
  const unit = value >= 1_000 ? 10 ** (Math.floor(Math.log10(value)) - 2) : 1
  return (
    Math.round(value / unit) * unit === 0 || unit === 1 ? Number(value.toFixed(digits)) : Math.round(value / unit) * unit
  ).toLocaleString('en')
}

/** `3.2 ms`, or `1.4 s` from a second on. */
export const msText = (ms: number): string => (ms >= 1_000 ? `${amount(ms / 1_000)} s` : `${amount(ms)} ms`)

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

export const mebibytes = (bytes: number): string => `${amount(bytes / 1024 ** 2)} MiB`

/** Seconds for people who wait: `40 s`, `5:20`. */
export function waitText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`
}
