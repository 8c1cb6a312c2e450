import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { startCluster, type Cluster } from './cluster.ts'
import { root } from './program.ts'

export const pythonFolder = join(root, 'examples/python')

/** A framework of examples/python, and how docs/frameworks.md starts it. */
export interface Framework {
  /** As its app answers at `/`. */
  readonly name: string
  readonly command: string
  /** What else `evenloop start` is told. */
  readonly flags: readonly string[]
}

export const frameworks: readonly Framework[] = [
  { name: 'aiohttp', command: 'python aiohttp_app.py {socket}', flags: [] },
  { name: 'fastapi', command: 'uvicorn --uds {socket} --no-access-log fastapi_app:app', flags: [] },
  { name: 'tornado', command: 'python tornado_app.py {socket}', flags: [] },
  { name: 'sanic', command: 'sanic sanic_app:app --unix {socket} --single-process --no-motd', flags: [] },
  { name: 'gevent', command: 'python gevent_app.py {socket}', flags: [] },
  { name: 'gunicorn-gevent', command: 'gunicorn --bind unix:{socket} --no-control-socket -k gevent gunicorn_app:greenlets()', flags: [] },
  { name: 'eventlet', command: 'python eventlet_app.py {socket}', flags: [] },
  { name: 'gunicorn-sync', command: 'gunicorn --bind unix:{socket} --no-control-socket gunicorn_app:sync()', flags: ['--model', 'sync'] },
  {
    name: 'gunicorn-gthread',
    command: 'gunicorn --bind unix:{socket} --no-control-socket --threads 4 gunicorn_app:gthread()',
    flags: ['--concurrency', '4'],
  },
]

/** Installs what examples/python needs as its requirements.txt pins it, unless that has been done. @throws Error with the remedy */
export function installFrameworks(): void {
  const { status, stderr, error } = spawnSync(join(pythonFolder, 'setup.sh'), { encoding: 'utf8' })
  if (status === 0) return
  throw new Error(
    `examples/python/setup.sh failed: ${error?.message ?? stderr}\nThese tests need Python 3.10 or later with venv (Debian: python3-venv) and PyPI; run it by hand to see more.`,
  )
}

/** Two loops of a framework's app, its programs first in PATH as in an activated environment. */
export const startFramework = (
  { command, flags }: Pick<Framework, 'command' | 'flags'>,
  env: Record<string, string> = {},
): Promise<Cluster> =>
  startCluster({
    cwd: pythonFolder,
    env: { PATH: `${pythonFolder}/.venv/bin:${process.env['PATH']}`, PYTHONDONTWRITEBYTECODE: '1', ...env },
    args: ['--loops', '2', '--health-path', '/healthz', '--log-level', 'warn', ...flags, '--command', command],
  })

/** What clients saw that ask without a pause. */
export interface PidLoad {
  /** Answers by the process that gave them, since the last `forget`. */
  readonly byPid: ReadonlyMap<number, number>
  readonly failures: readonly string[]
  forget(): void
  finish(): Promise<void>
}

/** Asks for `/` and `/io` in turn with as many clients, until it is finished; counts who answered. */
export function pidLoad(url: string, clients: number): PidLoad {
  const byPid = new Map<number, number>()
  const failures: string[] = []
  const stop = new AbortController()
  const ask = async (path: string): Promise<void> => {
    try {
      const answer = await fetch(url + path)
      const body = await answer.text()
      if (answer.status !== 200) throw new Error(`status ${answer.status}: ${body}`)
      const { pid } = JSON.parse(body) as { pid?: number }
      if (pid !== undefined) byPid.set(pid, (byPid.get(pid) ?? 0) + 1)
    } catch (error) {
      const { message, cause } = error as Error
      failures.push(`${path}: ${message} ${cause instanceof Error ? cause.message : ''}`)
    }
  }
  const client = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await ask('/')
      await ask('/io?ms=20')
    }
  }
  const done = Promise.all(Array.from({ length: clients }, client))
  return {
    byPid,
    failures,
    forget: () => byPid.clear(),
    finish: async () => {
      stop.abort()
      await done
    },
  }
}
