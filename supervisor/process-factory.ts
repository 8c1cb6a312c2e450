import path from 'node:path'

import { formatAddress, formatHostPort } from '../core/address.ts'
import type { Logger } from '../core/log.ts'
import type { Clock } from '../core/sources.ts'
import type { BalancerOptions, LoopOptions } from '../config/roles.ts'
import type { Settings } from '../config/schema.ts'
import { BalancerProcess, type BalancerProcessOptions } from './balancer-process.ts'
import { sharedFd, sideDoorFd, type SpawnChild } from './child-process.ts'
import type { Endpoints } from './endpoints.ts'
import { forwardHostLine, forwardLines } from './log-lines.ts'
import { loopLane } from './loop-lane.ts'
import { LoopProcess, type LoopProcessOptions } from './loop-process.ts'
import { placeOf, type Plan } from './plan.ts'
import type { SharedListener } from './shared-listener.ts'
import { ThreadHosts } from './thread-hosts.ts'

/** The main files of the child processes: of a loop, of several loops as threads, of a balancer. */
export interface Programs {
  readonly loop: string
  readonly host: string
  readonly balancer: string
}

/** Everything a child process is made from. */
export interface FactoryParts {
  readonly settings: Settings
  readonly plan: Plan
  readonly listener: SharedListener
  /** The folder for the loops' sockets. */
  readonly runtimeDir: string
  /** The supervisor's own environment. */
  readonly env: NodeJS.ProcessEnv
  readonly programs: Programs
  readonly spawn: SpawnChild
  readonly clock: Clock
  readonly log: Logger
}

// For the balancers' access log: a line that passed through the supervisor would cost it as much as the request cost them.
const standardOutput = 1

// Sockets in the cluster's own folder need no secret, and what a loop's environment holds its app can read.
const noLinkSettings: Settings['link'] = {}

/** Starts loops and balancers: their options, environment, sockets and logs. */
export class ProcessFactory {
  readonly #parts: FactoryParts
  readonly #hosts: ThreadHosts
  #count = 0

  constructor(parts: FactoryParts) {
    this.#parts = parts
    const { spawn, settings, programs, log } = parts
    this.#hosts = new ThreadHosts({
      spawn,
      program: { path: programs.host, env: { ...childEnv(parts.env), ...settings.env } },
      line: (host, stream, line) => forwardHostLine(log, host, stream, line),
    })
  }

  loop(id: string, generation: number, hooks: Pick<LoopProcessOptions, 'onMemory' | 'onReport' | 'onHold'>): LoopProcess {
    const { settings, plan, listener, runtimeDir, programs, spawn, clock, log } = this.#parts
    const key = `${id}.${generation}.${++this.#count}`
    const { host, thread, threads, concurrency, forBlocking } = placeOf(id, plan)
    const options: LoopOptions = {
      id,
      generation,
      supervised: true,
      threads,
      concurrency,
      sideDoor: host === undefined ? sideDoorFd : undefined,
      serve: [formatAddress({ lane: loopLane(settings), kind: 'unix', path: path.join(runtimeDir, `${key}.sock`) })],
      publicAddress: formatHostPort(listener.host, listener.port),
      settings: {
        ...pick(settings, [
          'app',
          'kind',
          'options',
          'command',
          'health',
          'startTimeout',
          'drainTimeout',
          'blockLimit',
          'trustedProxies',
          'logLevel',
        ]),
        link: noLinkSettings,
      },
    }
    const line = forwardLines(log, { loop: id })
    return new LoopProcess({
      identity: { key, id, generation },
      limits: { startTimeout: settings.startTimeout, memoryLimit: settings.memoryLimit, concurrency },
      forBlocking,
      thread,
      clock,
      spawn: (childHooks) => {
        // A process of its own for each generation: what was loaded for the last one goes with it.
        if (host !== undefined) return this.#hosts.start(`${host}.${generation}`, options, { ...childHooks, line })
        const env = { ...childEnv(this.#parts.env), ...settings.env, EVENLOOP_LOOP_ID: id, EVENLOOP_CHILD: JSON.stringify(options) }
        return spawn({ path: programs.loop, env }, { ...childHooks, line })
      },
      ...hooks,
      killForeign,
    })
  }

  balancer(id: string, endpoints: Endpoints, hooks: Pick<BalancerProcessOptions, 'onReady' | 'onReport' | 'onExit'>): BalancerProcess {
    const { settings, plan, listener, programs, spawn, clock, log } = this.#parts
    const options: BalancerOptions = {
      id,
      supervised: true,
      listen: formatHostPort(listener.host, listener.port),
      upstreams: [],
      balancers: plan.balancers,
      outputFd: sharedFd,
      settings: {
        ...pick(settings, [
          'policy',
          'sticky',
          'slowStart',
          'isolation',
          'routes',
          'rateLimit',
          'concurrency',
          'model',
          'lane',
          'trustedProxies',
          'timeouts',
          'limits',
          'retry',
          'health',
          'drainTimeout',
          'logLevel',
          'accessLog',
        ]),
        link: noLinkSettings,
      },
    }
    const env = { ...childEnv(this.#parts.env), EVENLOOP_CHILD: JSON.stringify(options) }
    const { mode, file } = settings.accessLog
    const share = mode !== 'off' && file === '-' ? { share: standardOutput } : {}
    return new BalancerProcess({
      ...hooks,
      id,
      key: `${id}.${++this.#count}`,
      listener,
      endpoints,
      clock,
      spawn: (childHooks) =>
        spawn({ path: programs.balancer, env, ...share }, { ...childHooks, line: forwardLines(log, { balancer: id }) }),
    })
  }
}

/** The environment without the operator's EVENLOOP_* variables: they speak to the supervisor alone. */
export function childEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('EVENLOOP_')))
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>
}

function killForeign(pid: number): void {
  // The group first: a program like gunicorn has workers of its own.
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL')
    } catch {
      // Gone already, or no group of its own.
    }
  }
}
