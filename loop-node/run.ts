import { writeHeapSnapshot } from 'node:v8'

import type { LoopOptions } from '../config/roles.ts'
import { RunError } from '../core/errors.ts'
import { createLog, type Logger } from '../core/log.ts'
import { serveRoleAdmin } from '../core/role-admin.ts'
import { systemClock } from '../core/sources.ts'
import { readSecurity } from '../link/security.ts'
import { createEnding } from './ending.ts'
import { untilHealthy } from './health-path.ts'
import type { LoopMetrics } from './measure/metrics.ts'
import { clearStale, removeSocket, serveTarget, type ServeTarget } from './serve-target.ts'
import { serveApp } from './serve-app.ts'
import { serveForeign } from './serve-foreign.ts'
import { holdSignals } from './signals.ts'
import { ownProcess, type Within } from './within.ts'
import { watchStart, type StartWatch } from './start-watch.ts'

/**
 * One loop, from its orders to its end. Settles when the app serves; the process exits by itself: with 0 after
 * a drain, with 1 when the app could not be started or failed.
 */
export async function runLoop(options: LoopOptions, within: Within = ownProcess(options)): Promise<void> {
  const { settings } = options
  const clock = systemClock
  const log = createLog(settings.logLevel, 'loop').child({ loop: options.id })
  const { channel } = within
  const ending = createEnding(options, channel, log)
  const signals = holdSignals(ending.onSignal)
  const watch = watchStart(channel, log, ending.draining)
  let metrics: LoopMetrics | undefined
  channel.onMessage((message) => {
    if (message.type === 'drain') void ending.drain(message.limitMs)
    else if (message.type === 'collect') {
      void (metrics?.read() ?? Promise.resolve([])).then((all) => channel.send({ type: 'metrics', ask: message.ask, metrics: all }))
    } else void channel.send({ type: 'snapshot', ask: message.ask, ...writeSnapshot(message.path) })
  })
  if (options.supervised) channel.onLost(() => void ending.lost())

  try {
    // Before the app's own servers are taken over: this one is ours.
    let isServing = false
    if (options.admin !== undefined)
      await serveAdmin(
        options.admin,
        () => metrics,
        () => isServing && !ending.draining(),
        log,
      )
    const deadline = watchDeadline(settings.startTimeout, watch)
    const targets = options.serve.map(serveTarget)
    const security = readSecurity(settings.link)
    if (targets.length === 0) throw new RunError('no address to serve on; give one with --serve')
    await Promise.all(targets.map(clearStale))
    process.on('exit', () => removeSockets(targets, options.supervised && !channel.connected()))

    const served =
      settings.command === undefined
        ? await serveApp(options, within.watch, targets, deadline.stage, signals, log, clock)
        : await serveForeign(options, targets, deadline.stage, channel, log, clock, process.env)
    if (settings.health.path !== undefined) await untilHealthy(served.target, settings.health.path, security, deadline.stage)
    deadline.met()
    ending.serves(served)
    metrics = served.measure(!options.supervised, (report) => void channel.send({ type: 'report', report }))
    served.ready()
    isServing = true
    log[options.supervised ? 'debug' : 'info']({ kind: served.kind }, `serving on ${served.addresses.join(', ')}`)
    watch.over()
    await channel.send({ type: 'ready', address: served.addresses[0]!, kind: served.kind })
  } catch (error) {
    await watch.fail(error)
  }
}

/** Writes the heap to a file; nothing else runs meanwhile. */
function writeSnapshot(file: string): { readonly error?: string } {
  try {
    writeHeapSnapshot(file)
    return {}
  } catch (error) {
    return { error: (error as Error).message }
  }
}

interface Deadline {
  readonly stage: (waitingFor: () => string) => void
  met(): void
}

function watchDeadline(startTimeout: number, watch: StartWatch): Deadline {
  let waitingFor = (): string => 'the app'
  const timer = setTimeout(() => {
    void watch.fail(new RunError(`not ready within startTimeout (${startTimeout} ms); waited for ${waitingFor()}`))
  }, startTimeout)
  // A program that has nothing left to do must end now, not when this timer fires.
  timer.unref()
  return { stage: (next) => void (waitingFor = next), met: () => clearTimeout(timer) }
}

async function serveAdmin(listen: string, metrics: () => LoopMetrics | undefined, ready: () => boolean, log: Logger): Promise<void> {
  const admin = await serveRoleAdmin(listen, { ready, metrics: async () => (await metrics()?.read()) ?? [] })
  log.info({ admin: admin.address }, `admin on http://${admin.address}`)
}

function removeSockets(targets: readonly ServeTarget[], withDirectory: boolean): void {
  for (const target of targets) removeSocket(target, withDirectory)
}
