import { setTimeout as sleep } from 'node:timers/promises'

import type { Logger } from '../core/log.ts'
import type { Front } from './host/front.ts'
import type { HostedApp } from './host/host-app.ts'
import type { Links } from './link/links.ts'
import type { Signals } from './signals.ts'

// A connection that never carried a request may carry one that is on its way; after this it is unused.
const unusedMs = 1_000
// How long a program may go on after its own SIGTERM handler has run and its server is closed.
const ownEndMs = 5_000

/**
 * Ends an app without dropping anything: says that it drains, stops listening, lets the app close, and waits for
 * what is open. Settles when all is done or the limit has passed; what is open then is cut, and logged.
 */
export async function drainApp(app: HostedApp, front: Front, links: Links, signals: Signals, limitMs: number, log: Logger): Promise<void> {
  front.drain()
  links.say('draining')
  links.close()
  front.connections.sayGoingAway()
  // These timers hold the process open while the app's own handles may be gone already.
  const late = new AbortController()
  const limit = sleep(limitMs, true, { signal: late.signal }).catch(() => true)
  const unused = setTimeout(() => front.endUnused(links.busy()), Math.min(unusedMs, limitMs))
  const cut = await Promise.race([finish(app, front, signals, limitMs).then(() => false), limit])
  late.abort()
  clearTimeout(unused)
  if (!cut) return
  const { inFlight, connections } = front
  log.warn(
    { inFlight, upgraded: connections.upgraded },
    `the drain limit of ${Math.round(limitMs)} ms passed; open requests and connections are cut`,
  )
  connections.destroyAll()
}

async function finish(app: HostedApp, front: Front, signals: Signals, limitMs: number): Promise<void> {
  const ownEnd = app.kind === 'program' && (await endProgram(front, signals, limitMs))
  await Promise.all([app.close(), front.connections.whenEmpty()])
  if (ownEnd) await sleep(ownEndMs)
}

/**
 * A program's own SIGTERM handler closes its server and its database, and calls process.exit(): it runs once no
 * request is open. One that waits for streams to end by themselves would wait for ever, so half the limit is its end.
 */
async function endProgram(front: Front, signals: Signals, limitMs: number): Promise<boolean> {
  await Promise.race([front.whenQuiet(), sleep(limitMs / 2)])
  return signals.deliver('SIGTERM') || signals.deliver('SIGINT')
}
