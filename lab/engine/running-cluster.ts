import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'

import { RunError } from '../../core/errors.ts'
import type { ClusterStatus } from '../../core/status.ts'
import { processTree, readProcess } from '../../load/process-tree.ts'

import { evenloopProgram } from './package-root.ts'

export interface ClusterPlan {
  /** The path of the app. */
  readonly app: string
  /** Further flags of `evenloop start`. */
  readonly flags: readonly string[]
  /** Where it runs: a configuration file there holds for it. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A cluster that serves, started for a measurement. */
export interface RunningCluster {
  /** `http://HOST:PORT` for clients. */
  readonly url: string
  /** Of the supervisor. */
  readonly pid: number
  status(): Promise<ClusterStatus>
  /** The text of /metrics. */
  metrics(): Promise<string>
  /** Ends all its processes. */
  stop(): Promise<void>
}

const startLimitMs = 60_000
const stopLimitMs = 10_000

/**
 * Starts `evenloop start` on free ports and waits until it is ready.
 * @throws RunError with what it said, where it does not become ready
 */
export async function startCluster({ app, flags, cwd, env }: ClusterPlan): Promise<RunningCluster> {
  const token = randomUUID()
  const child = spawn(
    process.execPath,
    [
      ...[evenloopProgram, 'start', app, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'],
      ...['--log-level', 'error', '--access-log-mode', 'off', '--rate-limit-requests', '0'],
      ...flags,
    ],
    // A token of its own: whatever the user's configuration asks for, it is let in.
    { cwd, env: { ...env, EVENLOOP_ADMIN_TOKEN: token }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const stop = (): Promise<void> => end(child)
  try {
    const { url, admin } = await ready(child, flags)
    const ask = async (path: string): Promise<Response> => {
      const response = await fetch(admin + path, { headers: { authorization: `Bearer ${token}` } })
      if (!response.ok) throw new RunError(`the cluster answers ${path} with ${response.status}`)
      return response
    }
    return {
      url,
      pid: child.pid!,
      status: async () => (await (await ask('/api/status')).json()) as ClusterStatus,
      metrics: async () => await (await ask('/metrics')).text(),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function ready(child: ChildProcess, flags: readonly string[]): Promise<{ readonly url: string; readonly admin: string }> {
  return new Promise((resolve, reject) => {
    let output = ''
    let errors = ''
    const fail = (what: string): void => {
      clearTimeout(limit)
      reject(new RunError(`evenloop start ${flags.join(' ')} ${what}${errors === '' ? '' : `:\n${errors.trim()}`}`))
    }
    const limit = setTimeout(() => fail(`was not ready within ${startLimitMs / 1000} s`), startLimitMs)
    child.once('error', (error) => fail(error.message))
    // After its output has been read, which says why.
    child.once('close', (code, signal) => fail(`ended with ${code ?? signal} before it was ready`))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4_000)))
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      // The app may print as much as it likes, now and later.
      output = (output + text).slice(-10_000)
      const match = /evenloop ready: (http:\/\/[^\s(]+).* admin (http:[^\s),;]+)/.exec(output)
      if (match === null) return
      clearTimeout(limit)
      resolve({ url: match[1]!, admin: match[2]! })
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return
  const tree = processTree(child.pid)
  if (child.exitCode === null && child.signalCode === null) {
    const exited = new Promise((resolve) => child.once('exit', resolve))
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
    child.kill('SIGTERM')
    await exited
    clearTimeout(timer)
  }
  // What it left behind, if it had to be killed.
  for (const { pid, started } of tree.slice(1)) if (readProcess(pid)?.started === started) process.kill(pid, 'SIGKILL')
}
