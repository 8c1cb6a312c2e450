import type { Logger } from '../core/log.ts'
import type { Clock } from '../core/sources.ts'

/** What shutting down needs of a process. */
export interface Stoppable {
  readonly state: string
  readonly exited: Promise<unknown>
  drain(limitMs: number): Promise<unknown>
  kill(): void
}

export interface Shutdown {
  readonly balancers: readonly Stoppable[]
  readonly loops: readonly Stoppable[]
  /** Milliseconds for all of it. */
  readonly limitMs: number
  readonly clock: Clock
  readonly log: Logger
}

// What is left of the limit for the loops' own closing hooks when balancers used all they were given.
const balancersShare = 0.8
// How long requests may end by themselves before the loops are told to close as well.
export const quietShare = 0.25

/**
 * Balancers first: they accept nothing more and finish what they hold, so that no loop is taken from under a
 * request; then the loops. What lives at the limit is ended.
 */
export async function shutDown({ balancers, loops, limitMs, clock, log }: Shutdown): Promise<void> {
  const end = clock.now() + limitMs
  const left = (): number => Math.max(0, end - clock.now())
  const everyone = [...balancers, ...loops]
  const orderly = async (): Promise<void> => {
    const share = limitMs * balancersShare
    // The loops' closing ends streams that would hold the balancers to their limit; it must begin well before that.
    await within(limitMs * quietShare, Promise.all(balancers.map((balancer) => balancer.drain(share))))
    await Promise.all(loops.map((loop) => loop.drain(left())))
    await Promise.all(everyone.map((process) => process.exited))
  }
  if (await within(limitMs, orderly())) return
  const alive = everyone.filter((process) => process.state !== 'dead')
  log.warn(
    `${alive.length} process${alive.length === 1 ? '' : 'es'} had not finished within ${limitMs / 1000} s (drainTimeout): what was open is cut`,
  )
  await killAll(alive)
}

/** Ends processes at once and waits until they are gone. */
export async function killAll(processes: readonly Stoppable[]): Promise<void> {
  for (const process of processes) process.kill()
  await Promise.all(processes.map((process) => process.exited))
}

/** Whether `work` ended within `ms`. */
function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms)
    void work.then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
