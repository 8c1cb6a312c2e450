import type { Clock } from '../../core/sources.ts'

const intervalMs = 20

/**
 * Measures how late the loop runs its timers, 50 times a second: a handler that blocks for 200 ms makes one tick
 * about 200 ms late. One observation for each tick feeds the histogram, which perf_hooks' own histogram cannot:
 * it shows percentiles, not the counts of its buckets.
 */
export function startDelayTicks(clock: Clock, observe: (delayMs: number) => void): () => void {
  let last = clock.now()
  const timer = setInterval(() => {
    const now = clock.now()
    observe(delayOf(now - last))
    last = now
  }, intervalMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** How much later than asked a tick came, in milliseconds. Timers fire on whole milliseconds: one is no delay. */
export const delayOf = (elapsedMs: number): number => (elapsedMs <= intervalMs + 1 ? 0 : elapsedMs - intervalMs)
