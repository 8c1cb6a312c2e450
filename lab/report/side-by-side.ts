import type { ModelResult } from '../compare/comparison.ts'
import { commonRate, stepAt } from '../compare/ranking.ts'

/** Where all models are held side by side: the same rate that the verdict takes. */
export interface SideBySide {
  /** Requests per second; undefined where none was measured with all of them. */
  readonly rate: number | undefined
  /** All of them kept up with it. */
  readonly kept: boolean
}

export function sideBySide(models: readonly ModelResult[]): SideBySide {
  const rate = commonRate(models)
  return { rate, kept: rate !== undefined && models.every((model) => stepAt(model, rate)?.saturated === false) }
}
