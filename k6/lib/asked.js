// @ts-check
// What was asked for by environment variables: see docs/tasks/load-tests.md.

/** Where the cluster listens, without a slash at the end. */
export const baseUrl = (__ENV['BASE_URL'] || 'http://127.0.0.1:8080').replace(/\/+$/, '')

/**
 * A script's own numbers, unless `RATE`, `DURATION` or `P99_MS` say otherwise.
 * @typedef {Object} Asked
 * @property {number} rate requests a second; where it varies, the base that the script's shares refer to
 * @property {number} p99 what the 99th percentile must stay below, in milliseconds
 * @property {(seconds: number) => number} stretch a part of the script's length, in milliseconds of the length asked for
 *
 * @param {{ rate: number, seconds: number, p99: number }} own
 * @returns {Asked}
 */
export function asked({ rate, seconds, p99 }) {
  const wanted = __ENV['DURATION'] ? secondsOf(__ENV['DURATION']) : seconds
  return {
    rate: number('RATE', rate),
    p99: number('P99_MS', p99),
    stretch: (part) => Math.round((part * wanted * 1000) / seconds),
  }
}

/** @type {(name: string, fallback: number) => number} */
function number(name, fallback) {
  const text = __ENV[name]
  if (!text) return fallback
  const value = Number(text)
  if (!(value >= 1)) throw new Error(`${name} is "${text}": give a number from 1 on`)
  return value
}

/** @type {(text: string) => number} */
function secondsOf(text) {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text)
  const seconds = parts === null ? 0 : Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0)
  if (seconds === 0) throw new Error(`DURATION is "${text}": give hours, minutes, seconds, for instance 30s, 5m or 1h30m`)
  return seconds
}
