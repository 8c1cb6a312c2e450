import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { startCluster } from '../support/cluster.ts'
import { root } from '../support/program.ts'
import { until } from '../support/wait.ts'

/** An app that serves on a port of this machine. */
export interface Target {
  readonly name: 'bare' | LaneName
  readonly port: number
  /** The lanes that its requests have taken; none where it has no balancer. */
  lanesTaken(): Promise<readonly string[]>
  stop(): Promise<void>
}

/** A Node app: its file, and how its author would serve it by himself. */
interface NodeApp {
  readonly name: string
  /** From the project's root. */
  readonly file: string
  /** As a Fastify plugin, as what node:http calls, or as a program that listens. */
  readonly kind: 'plugin' | 'listener' | 'program'
}

/** A server in another language, which the link does not reach. */
interface ForeignApp {
  readonly name: string
  readonly directory: string
  /** Serves at `{socket}`. */
  readonly command: string
  /** Serves on a free port and prints `http://HOST:PORT`. */
  readonly bare: readonly [string, ...string[]]
}

export type AppUnderTest = NodeApp | ForeignApp

export type LaneName = 'http' | 'link'

/** The ways through evenloop that must answer as the bare app does. */
const lanes: readonly LaneName[] = ['http', 'link']

export const lanesOf = (app: AppUnderTest): readonly LaneName[] => ('command' in app ? lanes.filter((lane) => lane === 'http') : lanes)

type Environment = Readonly<Record<string, string>>

/** The app by itself, in a process of its own. */
export async function startBare(app: AppUnderTest, env: Environment): Promise<Target> {
  const child = spawnBare(app, { ...process.env, ...env, EVENLOOP_LOOP_ID: '0' })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await exited
  }
  const ended = (): 'ended' | false => child.exitCode !== null && 'ended'
  const port = await until('it to listen', () => /\bhttp:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1] ?? ended()).catch(() => 'silent')
  if (Number(port) > 0) return { name: 'bare', port: Number(port), lanesTaken: async () => [], stop }
  await stop()
  throw new Error(`${app.name} does not serve by itself (${port}): ${output}`)
}

function spawnBare(app: AppUnderTest, env: NodeJS.ProcessEnv): ChildProcess {
  if ('command' in app) return spawn(app.bare[0], app.bare.slice(1), { cwd: path.join(root, app.directory), env })
  const loader = app.file.endsWith('.ts') ? ['--import', 'tsx'] : []
  const server = fileURLToPath(new URL('serve-bare.js', import.meta.url))
  return spawn(process.execPath, [...loader, server, app.kind, path.join(root, app.file)], { cwd: root, env })
}

/** The app on one loop behind evenloop, so that what it remembers is in one place. */
export async function startBehind(app: AppUnderTest, lane: LaneName, env: Environment): Promise<Target> {
  const what = 'command' in app ? { cwd: path.join(root, app.directory) } : { app: app.file }
  const command = 'command' in app ? ['--command', app.command] : []
  const cluster = await startCluster({ ...what, args: ['--lane', lane, '--loops', '1', ...command], env, shared: true })
  const lanesTaken = async (): Promise<string[]> => {
    const samples = await cluster.metric('evenloop_proxy_requests_total')
    return [...new Set(samples.flatMap((sample) => (sample.endsWith(' 0') ? [] : (/\blane="(\w+)"/.exec(sample)?.[1] ?? []))))]
  }
  return { name: lane, port: cluster.port, lanesTaken, stop: () => cluster.kill() }
}
