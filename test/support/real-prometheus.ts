import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { afterEach } from 'vitest'

import { temporaryFolder } from './ledger.ts'
import { until } from './wait.ts'

export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>
  /** Of an instant vector. */
  readonly value?: readonly [number, string]
  /** Of a range vector: every raw sample. */
  readonly values?: readonly (readonly [number, string])[]
}

/** A Prometheus server of its own, which is ended after the test. */
export interface RealPrometheus {
  /** Asks an endpoint below /api/v1/ and returns its data. */
  ask<T>(path: string): Promise<T>
  query(expression: string): Promise<readonly QueryResult[]>
  /** `http://HOST:PORT` */
  readonly url: string
  /** Its log so far. */
  log(): string
}

const running = new Set<() => Promise<void>>()
afterEach(async () => {
  await Promise.all([...running].map((stop) => stop()))
  running.clear()
})

/**
 * Starts the real `prometheus` on a free port, to scrape these `HOST:PORT` every two seconds; `more` has other parts of
 * its configuration, and further arguments.
 */
export async function startPrometheus(
  targets: readonly string[],
  more: { readonly config?: object; readonly args?: readonly string[] } = {},
): Promise<RealPrometheus> {
  const folder = temporaryFolder()
  const config = path.join(folder, 'prometheus.json')
  writeFileSync(
    config,
    JSON.stringify({
      // A time limit that a busy machine does not reach; Prometheus allows none above the interval.
      global: { scrape_interval: '2s', scrape_timeout: '2s' },
      scrape_configs: [{ job_name: 'evenloop', static_configs: [{ targets }] }],
      ...more.config,
    }),
  )
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      ...(more.args ?? []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  let failure: Error | undefined
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      failure = error
      resolve()
    })
  })
  running.add(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const port = await until('prometheus listening', () => {
    if (failure !== undefined) return 'none'
    return /msg="Listening on" address=127\.0\.0\.1:(\d+)/.exec(log)?.[1]
  })
  if (failure !== undefined) throw new Error(`prometheus does not start: ${failure.message}; remedy: apt-get install prometheus`)
  const ask = async <T>(what: string): Promise<T> => {
    const { status, data, error } = (await (await fetch(`http://127.0.0.1:${port}/api/v1/${what}`)).json()) as {
      status: string
      data: T
      error?: string
    }
    if (status !== 'success') throw new Error(`prometheus: ${what}: ${error}`)
    return data
  }
  return {
    url: `http://127.0.0.1:${port}`,
    ask,
    query: async (expression) => (await ask<{ result: QueryResult[] }>(`query?query=${encodeURIComponent(expression)}`)).result,
    log: () => log,
  }
}
