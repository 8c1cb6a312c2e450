import type { LoopOptions } from '../config/roles.ts'
import type { Logger } from '../core/log.ts'
import type { Clock } from '../core/sources.ts'
import { untilDeserted } from './deserted.ts'
import { drainApp } from './drain.ts'
import { Gate } from './gate.ts'
import { createDoors } from './host/doors.ts'
import { watchFastify } from './host/fastify-routes.ts'
import { Front } from './host/front.ts'
import { hostApp } from './host/host-app.ts'
import { Links } from './link/links.ts'
import { Occupancy } from './measure/occupancy.ts'
import { RouteTable } from './measure/route-table.ts'
import { measureSelf } from './measure/self.ts'
import { ownUsage } from './measure/own-usage.ts'
import { LoopVitals } from './measure/vitals.ts'
import type { ServeTarget } from './serve-target.ts'
import type { Served } from './served.ts'
import type { Signals } from './signals.ts'
import type { Within } from './within.ts'
import { LoopBoard } from './watchdog/board.ts'

/** Hosts the app in this process. Errors are hostApp's. */
export async function serveApp(
  options: LoopOptions,
  watch: Within['watch'],
  targets: readonly ServeTarget[],
  stage: (waitingFor: () => string) => void,
  signals: Signals,
  log: Logger,
  clock: Clock,
): Promise<Served> {
  const board = new LoopBoard()
  const watchdog = watch(board, log)
  const usage = ownUsage(options.threads)
  const routes = new RouteTable((route) => watchdog.name(route))
  const occupancy = new Occupancy(routes, board, clock, () => performance.nodeTiming.idleTime)
  watchFastify({
    onRouted: (req, key, pattern) => occupancy.routed(req, key, pattern),
    onDeclared: (method, pattern, declared) => routes.declare(method, pattern, declared),
    warn: (message) => log.warn(message),
  })
  const front = new Front(occupancy, options.concurrency === 0 ? undefined : new Gate(options.concurrency))
  const vitals = new LoopVitals(front)
  const links = new Links(front, vitals, routes, clock, log)
  const doors = createDoors(options, front, links, log)
  // Not after: the app may be asked as soon as it listens.
  stage(() => 'the watchdog thread')
  await watchdog.watching
  const app = await hostApp(options, targets, front, doors, { stage, warn: (message) => log.warn(message) })
  return {
    kind: app.kind,
    addresses: app.taken.addresses,
    target: app.taken.target,
    measure: (up, onReport) =>
      measureSelf(
        { loop: options.id, up, counts: front, vitals, routes, occupancy, board, clock, usage, isolated: () => links.claimed },
        onReport,
      ),
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
