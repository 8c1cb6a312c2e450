import { setTimeout as sleep } from 'node:timers/promises'

import type { LoopOptions } from '../config/roles.ts'
import type { Logger } from '../core/log.ts'
import type { Channel } from './channel.ts'
import type { Served } from './served.ts'
import type { HeldSignal } from './signals.ts'

const defaultNoticeMs = 2_000

interface Ending {
  /** What is to be drained; before it there is nothing to finish. */
  serves(served: Served): void
  draining(): boolean
  /** Drains and exits with 0; further calls change nothing. */
  drain(limitMs: number): Promise<void>
  /** The supervisor is gone: ends when its balancers are too. */
  lost(): Promise<void>
  onSignal(signal: HeldSignal): void
}

/** How a loop ends: by its supervisor's word, by losing it, or by a signal where it runs alone. */
export function createEnding(options: LoopOptions, channel: Channel, log: Logger): Ending {
  const { drainTimeout } = options.settings
  let served: Served | undefined
  let begun = false
  let signalled = false

  const drain = async (limitMs: number): Promise<void> => {
    if (begun) return
    begun = true
    await served?.drain(limitMs)
    process.exit(0)
  }
  const lost = async (): Promise<void> => {
    await served?.deserted(drainTimeout)
    await drain(drainTimeout)
  }
  // Balancers elsewhere learn of the drain from probes and `connection: close` only, so it is served on for a while.
  const drainWithNotice = async (): Promise<void> => {
    served?.announceDrain()
    if (served !== undefined && !options.supervised) await sleep(options.drainNoticeMs ?? defaultNoticeMs)
    await drain(drainTimeout)
  }
  const onSignal = (signal: HeldSignal): void => {
    // The supervisor has got the signal too and decides when each loop drains.
    if (channel.connected()) return
    if (signalled) process.exit(1)
    signalled = true
    log.info(`${signal}: draining; a second one stops at once`)
    void drainWithNotice()
  }
  return {
    serves: (what) => {
      served = what
    },
    draining: () => signalled || begun,
    drain,
    lost,
    onSignal,
  }
}
