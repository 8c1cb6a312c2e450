import type { Settings } from '../config/schema.ts'
import { availableCpus } from '../core/cpu-count.ts'
import { createLog } from '../core/log.ts'
import { systemClock, systemRng, systemWallClock } from '../core/sources.ts'
import type { ClusterStatus } from '../core/status.ts'
import { readVersion } from '../core/version.ts'
import { openAdmin, type Admin, type AdminView } from './admin/admin.ts'
import { Autoscaler } from './autoscale/autoscaler.ts'
import { spawnChild } from './child-process.ts'
import { Cluster } from './cluster.ts'
import { clusterStatus, processStatus } from './cluster-status.ts'
import { lookInto } from './look-into.ts'
import { collectMetrics } from './metrics.ts'
import { EventBook } from './notices/event-book.ts'
import { Notices } from './notices/notices.ts'
import { plan, type Plan } from './plan.ts'
import type { Programs } from './process-factory.ts'
import { readyLine } from './ready-line.ts'
import { createRuntimeDir } from './runtime-dir.ts'
import { listenUrl, openSharedListener } from './shared-listener.ts'
import { StopSwitch } from './stop-switch.ts'

/** What supervising needs from the process around it. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly programs: Programs
  /** Registers what a signal does. */
  readonly onSignal: (signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', action: () => void) => void
  /** Writes the one line that says the cluster is ready. */
  readonly print: (line: string) => void
}

/**
 * Runs a cluster until it is told to stop: takes its ports, starts its processes, serves its admin API.
 * @returns the exit status
 * @throws RunError where it cannot start; nothing is left running then
 */
export async function supervise(settings: Settings, around: Surroundings): Promise<number> {
  const began = systemClock.now()
  const version = readVersion()
  const log = createLog(settings.logLevel, 'supervisor')
  const events = new EventBook(systemWallClock)
  const notices = new Notices(log, events)
  const planned = plan(settings, availableCpus())
  const undo: (() => unknown)[] = []
  try {
    const listener = await openSharedListener(settings.listen)
    undo.push(() => listener.close())
    const runtimeDir = createRuntimeDir(around.env['XDG_RUNTIME_DIR'])
    undo.push(() => runtimeDir.remove())
    const { env, programs } = around
    let admin: Admin | undefined
    const cluster = new Cluster({
      settings,
      plan: planned,
      listener,
      runtimeDir: runtimeDir.path,
      env,
      programs,
      log,
      spawn: spawnChild,
      clock: systemClock,
      rng: systemRng,
      notices,
      onBlocked: () => admin?.showSoon(),
    })
    // Whatever goes wrong from here on, no child is left behind.
    undo.push(() => cluster.kill())
    const stopSwitch = new StopSwitch(cluster, notices, settings.drainTimeout)
    around.onSignal('SIGTERM', () => stopSwitch.signal())
    around.onSignal('SIGINT', () => stopSwitch.signal())
    around.onSignal('SIGHUP', () => cluster.changes.reloadSoon())
    const facts = { version, model: settings.model, listen: listenUrl(listener), ...shownRange(planned) }
    const view: AdminView = {
      ready: () => cluster.serving,
      status: () => clusterStatus(cluster, { ...facts, uptimeSeconds: (systemClock.now() - began) / 1000 }),
      processes: () => processStatus(cluster),
      metrics: () => collectMetrics(cluster, version),
      reload: () => cluster.changes.reload(),
      scale: (loops) => cluster.changes.scale(loops),
      replaceLoop: (id) => cluster.changes.replaceLoop(id),
      stop: () => stopSwitch.ask(),
      explain: (query) => cluster.balancers.explain(query),
      ...lookInto(cluster.slots, runtimeDir.path),
    }
    // Both ports are taken before any loop starts: a taken one must not cost the app's start first.
    if (settings.admin !== 'off') {
      const { admin: listen, adminToken: token } = settings
      admin = await openAdmin({ listen, token, events, clock: systemClock, wall: systemWallClock }, view)
    }
    undo.push(() => admin?.close())
    if (admin?.link !== undefined) {
      const remedy = 'a new token is made at each start, adminToken (EVENLOOP_ADMIN_TOKEN) sets one of your own'
      log.warn(`the admin address ${admin.url} can be reached from other hosts and asks for a token; open ${admin.link} (${remedy})`)
    }
    if (planned.autoscale !== undefined) {
      const autoscaler = new Autoscaler({
        rules: { ...planned.autoscale, ...settings.autoscale },
        clock: systemClock,
        look: () => processStatus(cluster),
        busy: () => cluster.changes.busy || cluster.stopping,
        scale: (loops, why) => cluster.changes.scale(loops, why),
      })
      undo.push(() => autoscaler.close())
    }
    const ready = cluster.start().then(() => around.print(readyLine(facts.listen, planned, settings.policy, admin?.url)))
    await Promise.race([Promise.all([ready, stopSwitch.stopped]), stopSwitch.stopped])
    return 0
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

const shownRange = ({ autoscale }: Plan): Pick<ClusterStatus, 'autoscale'> =>
  autoscale === undefined ? {} : { autoscale: { min: autoscale.min, max: autoscale.max } }
