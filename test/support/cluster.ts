import type { ClusterStatus } from '../../core/status.ts'

import { startProgram, type Program, type ProgramOptions } from './program.ts'
import { until } from './wait.ts'

export interface ClusterOptions extends ProgramOptions {
  /** The app; none where `--command` or a configuration file names what runs. */
  readonly app?: string
  readonly args?: readonly string[]
}

/** A running cluster. It is ended after the test, whatever the test did. */
export interface Cluster extends Program {
  /** `http://HOST:PORT` for clients. */
  readonly url: string
  readonly port: number
  readonly adminUrl: string
  status(): Promise<ClusterStatus>
  /** Waits until the status is as asked, and returns it. */
  waitFor(what: string, predicate: (status: ClusterStatus) => boolean, limitMs?: number): Promise<ClusterStatus>
  /** POSTs to the admin API; resolves with the status code and the JSON answer. */
  post(path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>
  /** The sample of a metric as text lines, for instance of `evenloop_loop_up`. */
  metric(name: string): Promise<string[]>
  /** Asks it to stop and resolves with the exit status. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>
}

/** Starts `evenloop start` on free ports and waits until it is ready. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { app, args = [], ...rest } = options
  const program = startProgram(
    ['start', ...(app === undefined ? [] : [app]), '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', ...args],
    rest,
  )
  const ready = await program.said(/^evenloop ready: (http:\/\/\S+:(\d+)).*?(?:admin (http:\/\/[^\s,;)]+))/m)
  const adminUrl = ready[3]!
  const status = async (): Promise<ClusterStatus> => (await (await fetch(`${adminUrl}/api/status`)).json()) as ClusterStatus

  return Object.assign(program, {
    url: ready[1]!,
    port: Number(ready[2]),
    adminUrl,
    status,
    waitFor: async (what: string, predicate: (status: ClusterStatus) => boolean, limitMs?: number) => {
      let last: ClusterStatus | undefined
      try {
        return await until(
          what,
          async () => {
            last = await status()
            return predicate(last) && last
          },
          limitMs,
        )
      } catch (error) {
        throw new Error(`the status never showed ${what}; last: ${JSON.stringify(last)}`, { cause: error })
      }
    },
    post: async (path: string, body: unknown = {}) => {
      const answer = await fetch(`${adminUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    },
    metric: async (name: string) => {
      const text = await (await fetch(`${adminUrl}/metrics`)).text()
      return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    },
    stop: (name: NodeJS.Signals = 'SIGTERM') => {
      program.process.kill(name)
      return program.exited
    },
  })
}
