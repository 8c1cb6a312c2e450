import { spawnSync } from 'node:child_process'

import type { LoadRun } from './arguments.ts'

/** The version of k6 that the scripts are tested with. */
export const version = '1.8.1'
export const image = `grafana/k6:${version}`

/** Where k6 was found, or why it is not used. */
export type Found = { readonly in: 'path' | 'container' } | { readonly in: 'nowhere'; readonly reason: string }

/** The program on the PATH if it is new enough, else a container engine that answers. */
export function findK6(mustBeContainer: boolean): Found {
  const docker = { answers: (): boolean => spawnSync('docker', ['version', '--format', '{{.Server.Version}}']).status === 0 }
  if (mustBeContainer) {
    return docker.answers() ? { in: 'container' } : { in: 'nowhere', reason: '--docker was asked for, and no Docker engine answers' }
  }
  const { status, stdout } = spawnSync('k6', ['version'], { encoding: 'utf8' })
  const found = status === 0 ? /v(\d+)\.\S+/.exec(stdout) : null
  if (found !== null && Number(found[1]) >= 1) return { in: 'path' }
  if (docker.answers()) return { in: 'container' }
  const reason = found === null ? 'there is no k6 on the PATH' : `the k6 on the PATH is ${found[0]}, and the scripts need 1.0 or later`
  return { in: 'nowhere', reason: `${reason}, and no Docker engine answers` }
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  /** Beside what this process has. */
  readonly env: Readonly<Record<string, string>>
}

/** Where things are: k6 runs in `root`, and `results` is given from there. */
export interface Places {
  readonly root: string
  readonly results: string
  /** `UID:GID` of whoever shall own the reports, where there is such a thing. */
  readonly user: string | undefined
  readonly isTerminal: boolean
}

/** The command that runs it; in a container the same folders have the same names. */
export function commandFor(run: LoadRun, where: 'path' | 'container', places: Places): Command {
  // No control port: two runs at once must not quarrel about it.
  const k6 = ['run', '--address', '', ...(run.remoteWrite === undefined ? [] : ['--out', 'experimental-prometheus-rw'])]
  const env = {
    BASE_URL: run.url,
    SUMMARY_DIR: places.results,
    K6_NO_USAGE_REPORT: 'true',
    ...run.numbers,
    ...(run.remoteWrite === undefined ? {} : remoteWrite(run.remoteWrite)),
  }
  if (where === 'path') return { program: 'k6', args: [...k6, `k6/${run.script}.js`], env }
  const docker = [
    ...['run', '--rm', '--network', 'host', '--workdir', '/load', '--read-only', '--cap-drop', 'ALL'],
    ...['--volume', `${places.root}/k6:/load/k6:ro`, '--volume', `${resolved(places)}:/load/k6-results`],
    ...(places.user === undefined ? [] : ['--user', places.user]),
    ...(places.isTerminal ? ['--tty'] : []),
    ...Object.keys(env).flatMap((name) => ['--env', name]),
  ]
  return { program: 'docker', args: [...docker, image, ...k6, `k6/${run.script}.js`], env: { ...env, SUMMARY_DIR: 'k6-results' } }
}

const resolved = ({ root, results }: Places): string => (results.startsWith('/') ? results : `${root}/${results}`)

const remoteWrite = (url: string): Record<string, string> => ({
  K6_PROMETHEUS_RW_SERVER_URL: url,
  // What the dashboard "Load test" shows.
  K6_PROMETHEUS_RW_TREND_STATS: 'p(50),p(95),p(99),max',
  // Else the last values would stand for five minutes after the end.
  K6_PROMETHEUS_RW_STALE_MARKERS: 'true',
})
