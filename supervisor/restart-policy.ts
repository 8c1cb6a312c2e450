import type { Settings } from '../config/schema.ts'
import type { Rng } from '../core/sources.ts'

export type RestartSettings = Settings['restart']

/**
 * Deaths in a row after one more. A process that served for `resetAfter` counts as sound: its death is the first.
 * @param servedMs how long it had been ready; undefined where it never was
 */
export function countDeath(settings: RestartSettings, deaths: number, servedMs: number | undefined): number {
  return servedMs !== undefined && servedMs >= settings.resetAfter ? 1 : deaths + 1
}

/**
 * The pause before the next start, in milliseconds: doubles with each death in a row up to `maxDelay`, and lies
 * evenly between half of that and the whole, so that loops that died together do not start together.
 */
export function restartDelay(settings: RestartSettings, deaths: number, rng: Rng): number {
  const whole = Math.min(settings.maxDelay, settings.minDelay * 2 ** Math.min(deaths - 1, 30))
  return Math.round(whole / 2 + (rng() * whole) / 2)
}
