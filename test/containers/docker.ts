import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const standalone = spawnSync('docker-compose', ['version']).status === 0
const project = ['-p', `evenloop-test-${process.pid}`]

const run = (command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string =>
  execFileSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()

/** Runs `docker` in the project's root and returns what it printed. */
export const docker = (...args: readonly string[]): string => run('docker', args)

/** Where k6 leaves its reports: not where a user's own lie. */
export const results = mkdtempSync(join(tmpdir(), 'evenloop-containers-'))

const settings = {
  // Port 0: the test must not collide with a cluster that runs on this machine.
  ...{ HTTP_PORT: '0', PROMETHEUS_PORT: '0', GRAFANA_PORT: '0' },
  ...{ SUMMARY_DIR: results, K6_USER: `${process.getuid!()}:${process.getgid!()}` },
  // Long enough for what is done meanwhile. How fast this machine is must not matter.
  ...{ RATE: '60', DURATION: '80s', P99_MS: '9000' },
}

/** Runs Docker Compose, of either generation, on a project of this test's own. */
export const compose = (...args: readonly string[]): string =>
  standalone ? run('docker-compose', [...project, ...args], settings) : run('docker', ['compose', ...project, ...args], settings)

/** The ids of a service's running containers. */
export const containers = (service: string): string[] =>
  compose('ps', '-q', service)
    .split('\n')
    .filter((id) => id !== '' && docker('inspect', '--format', '{{.State.Running}}', id) === 'true')

/** Runs JavaScript in a container, as a module's body would: the image has no need of a shell. */
export const evaluate = (container: string, script: string): string => docker('exec', container, 'node', '-e', script)

/** `HOST:PORT` where a service's port is published. */
export const published = (service: string, port: number): string => compose('port', service, String(port))
