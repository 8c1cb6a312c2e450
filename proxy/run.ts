import { concurrencyCap, shareOfCap } from '../config/concurrency.ts'
import type { BalancerOptions } from '../config/roles.ts'
import { formatHostPort, parseHostPort } from '../core/address.ts'
import { RunError, UsageError } from '../core/errors.ts'
import { createLog, type Logger } from '../core/log.ts'
import { serveRoleAdmin } from '../core/role-admin.ts'
import { systemClock, systemRng } from '../core/sources.ts'
import { openAccessLog } from './access-log/open.ts'
import { createDiscovery } from './discovery/create-discovery.ts'
import { httpProbe } from './probe.ts'
import { Prober } from './prober.ts'
import { Proxy } from './proxy.ts'
import { type Channel, obey } from './supervised.ts'

/**
 * Runs one balancer until it has drained.
 * @throws UsageError for an address that is none, RunError when it cannot listen or open its access log
 */
export async function runBalancer(options: BalancerOptions, channel?: Channel): Promise<void> {
  const log = createLog(options.settings.logLevel, `balancer ${options.id}`)
  const access = openAccessLog(options, log)
  const proxy = new Proxy({
    accessLog: access?.accessLog,
    options,
    clock: systemClock,
    rng: systemRng,
    log,
    onSilence: (endpoint) => {
      if (endpoint.blocked) {
        log.debug({ loop: endpoint.loop }, 'loop is blocked: it holds requests and has been silent for three beats')
      }
      channel?.send({ type: 'silence', key: endpoint.key, blocked: endpoint.blocked })
    },
    onReleased: (endpoint) => channel?.send({ type: 'released', key: endpoint.key }),
  })
  if (channel === undefined) {
    await runAlone(proxy, options, log)
    await access?.close()
    // What outlasted the drain, a WebSocket mostly, would keep the process alive.
    process.exit(0)
  }
  // Loops of ours say themselves that they are ready; only a path of the app's own needs asking.
  const prober = options.settings.health.path === undefined ? undefined : createProber(proxy, options, log)
  prober?.start()
  await obey(proxy, options, channel)
  prober?.stop()
  await access?.close()
}

async function runAlone(proxy: Proxy, options: BalancerOptions, log: Logger): Promise<void> {
  const listen = parseHostPort(options.listen)
  if (listen === undefined) throw new UsageError(`--listen is ${options.listen}; accepted: HOST:PORT`)
  const cap = shareOfCap(concurrencyCap(options.settings), options.balancers)
  const discovery = createDiscovery(options.upstreams, cap, log)
  const prober = createProber(proxy, options, log)
  const { port } = await proxy.listen(listen).catch((error: NodeJS.ErrnoException) => {
    throw new RunError(
      `cannot listen on ${options.listen}: ${error.code === 'EADDRINUSE' ? 'the port is in use by another program' : error.message}; choose another with --listen`,
    )
  })
  let draining = false
  discovery.start((identities) => proxy.apply(identities))
  prober.start()
  const admin =
    options.admin === undefined
      ? undefined
      : await serveRoleAdmin(options.admin, {
          ready: () => !draining && proxy.endpoints.serving.length > 0,
          metrics: async () => proxy.metrics.read(),
          explain: (query) => ({ balancer: options.id, ...proxy.explain(query) }),
        })
  const shown = formatHostPort(listen.host, port)
  process.stdout.write(`evenloop balancer ready: http://${shown}${admin === undefined ? '' : ` (admin http://${admin.address})`}\n`)
  await stopSignal()
  draining = true
  log.info('draining')
  await proxy.drain(options.settings.drainTimeout)
  discovery.stop()
  prober.stop()
  admin?.close()
}

function createProber(proxy: Proxy, options: BalancerOptions, log: Logger): Prober {
  return new Prober(proxy.endpoints, { health: options.settings.health, rng: systemRng, log, probe: httpProbe(proxy.openHttp) })
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      resolve()
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, stop).on(signal, () => process.exit(1))
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
  })
}
