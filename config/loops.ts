import { Type } from 'typebox'

import { strict } from './fields.ts'
import { Duration } from './units.ts'

/** From how many loops to how many; `auto` is one for each CPU. */
export interface LoopRange {
  readonly min: number
  readonly max: number | 'auto'
}

const most = 1_024

/** A fixed number of event loops, or a range in which it follows the load. */
export const Loops = Type.Unsafe<number | 'auto' | LoopRange>({
  anyOf: [
    { type: 'integer', minimum: 1, maximum: most },
    { type: 'string', enum: ['auto'] },
    {
      type: ['object', 'string'],
      pattern: '^\\d+\\.\\.(\\d+|auto)$',
      properties: {
        min: { type: 'integer', minimum: 1, maximum: most, default: 1 },
        max: {
          anyOf: [
            { type: 'integer', minimum: 1, maximum: most },
            { type: 'string', enum: ['auto'] },
          ],
          default: 'auto',
        },
      },
      additionalProperties: false,
      range: true,
      accepts: 'a range from few to many such as 2..8 or 2..auto',
    },
  ],
  description:
    'Event loops, each a process of its own or one of its `threads`; auto is one for each CPU available to the process. A range, 2..8 or {min: 2, max: 8}, starts with the least and follows the load (autoscale).',
  default: 'auto',
})

/** How the number of loops follows the load where `loops` is a range. */
export const Autoscale = Type.Object(
  {
    target: Type.Number({
      default: 0.8,
      minimum: 0.1,
      maximum: 0.95,
      description:
        'How busy the loops may be on average before one more is started. One is taken away when those that stay would be five eighths as busy at most.',
    }),
    quiet: Duration({
      default: 60_000,
      minimum: 1_000,
      description: 'How long that must have been so before one is taken away, and at least between two that go.',
    }),
  },
  strict,
)

/** The least and the greatest number of loops, and the number to start with; all three are one where the number is fixed. */
export function loopRange(loops: number | 'auto' | LoopRange, cpus: number): { min: number; max: number; start: number } {
  if (typeof loops !== 'object') {
    const fixed = loops === 'auto' ? cpus : loops
    return { min: fixed, max: fixed, start: fixed }
  }
  const { min, max } = loops
  return { min, max: max === 'auto' ? Math.max(min, cpus) : max, start: min }
}
