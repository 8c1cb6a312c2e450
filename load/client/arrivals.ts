import type { Clock } from '../../core/sources.ts'

import type { Settle } from './connection.ts'

/** When a request is due, in milliseconds from the first: on a grid. */
export const dueMs = (index: number, rate: number): number => (index * 1000) / rate

/** What became of requests that were sent at a constant rate, by their index. */
export interface Arrivals {
  /** 0 where there was no answer. */
  readonly statuses: Uint16Array
  /** From when each was due until all of its answer was there. */
  readonly latenciesMs: Float64Array
  /** From when each was due until it was sent. */
  readonly lateMs: Float64Array
  /** Those without an answer, and why. */
  readonly failures: ReadonlyMap<number, string>
}

interface Plan {
  /** Requests per second. */
  readonly rate: number
  readonly seconds: number
  /** How long answers are waited for once the last request is sent. */
  readonly graceSeconds: number
  readonly ask: (index: number, settle: Settle) => void
}

/** Asks at a constant rate, whatever becomes of the requests before, and resolves when all are answered or nobody waits any more. */
export function arrivals({ rate, seconds, graceSeconds, ask }: Plan, clock: Clock): Promise<Arrivals> {
  const total = Math.max(1, Math.round(rate * seconds))
  const statuses = new Uint16Array(total)
  const latenciesMs = new Float64Array(total)
  const lateMs = new Float64Array(total)
  const failures = new Map<number, string>()
  const settled = new Uint8Array(total)
  let sent = 0
  let open = total
  return new Promise((resolve) => {
    const started = clock.now()
    let giveUp: NodeJS.Timeout | undefined
    const settle = (index: number, status: number, failure: string | undefined): void => {
      if (settled[index] === 1) return
      settled[index] = 1
      statuses[index] = status
      if (status === 0) failures.set(index, failure ?? 'no answer')
      else latenciesMs[index] = clock.now() - started - dueMs(index, rate)
      open -= 1
      if (open > 0) return
      clearTimeout(giveUp)
      resolve({ statuses, latenciesMs, lateMs, failures })
    }
    const send = (): void => {
      const now = clock.now() - started
      // Only those that are due by now: while it sends, answers are to be read in between.
      for (; sent < total && dueMs(sent, rate) <= now; sent += 1) {
        const index = sent
        lateMs[index] = now - dueMs(index, rate)
        ask(index, (status, failure) => settle(index, status, failure))
      }
      if (sent < total) {
        setTimeout(send, Math.max(1, dueMs(sent, rate) - (clock.now() - started)))
        return
      }
      giveUp = setTimeout(() => {
        for (let index = 0; index < total; index++) settle(index, 0, `no answer within ${graceSeconds} s after the last request`)
      }, graceSeconds * 1000)
    }
    send()
  })
}
