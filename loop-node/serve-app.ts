import type { LoopOptions } from '../config/roles.ts'
import type { Logger } from '../core/log.ts'
import type { Clock } from '../core/sources.ts'
import { untilDeserted } from './deserted.ts'
import { drainApp } from './drain.ts'
import { createDoors } from './host/doors.ts'
import { Front } from './host/front.ts'
import { hostApp } from './host/host-app.ts'
import { Links } from './link/links.ts'
import { measureSelf } from './measure/self.ts'
import { LoopVitals } from './measure/vitals.ts'
import type { ServeTarget } from './serve-target.ts'
import type { Served } from './served.ts'
import type { Signals } from './signals.ts'

/** Hosts the app in this process. Errors are hostApp's. */
export async function serveApp(
  options: LoopOptions,
  targets: readonly ServeTarget[],
  stage: (waitingFor: () => string) => void,
  signals: Signals,
  log: Logger,
  clock: Clock,
): Promise<Served> {
  const front = new Front()
  const vitals = new LoopVitals(front)
  const links = new Links(front, vitals, log)
  const doors = createDoors(options, front, links, log)
  const app = await hostApp(options, targets, front, doors, { stage, warn: (message) => log.warn(message) })
  return {
    kind: app.kind,
    addresses: app.taken.addresses,
    target: app.taken.target,
    measure: (up, onReport) => measureSelf(options.id, up, front, vitals, clock, onReport),
    ready: () => {
      front.ready()
      links.say('ready')
    },
    announceDrain: () => {
      front.drain()
      links.say('draining')
    },
    deserted: (limitMs) => untilDeserted(() => front.connections.size, clock, limitMs),
    drain: (limitMs) => drainApp(app, front, links, signals, limitMs, log),
  }
}
