import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, type } from 'node:os'

/** Where and with what a result was measured: without it a number says nothing. */
export function describeMachine(): Record<string, string> {
  return {
    CPU: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores available`,
    System: `${type()} ${release()}`,
    Node: process.version,
    ...Object.fromEntries(['evenloop', 'fastify', 'http-proxy'].map((name) => [name, version(name)])),
    Commit: commit(),
  }
}

function version(name: string): string {
  const path = name === 'evenloop' ? '../package.json' : `../node_modules/${name}/package.json`
  const manifest = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { name: string; version: string }
  return manifest.name === name ? manifest.version : `${manifest.name} ${manifest.version}`
}

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: new URL('..', import.meta.url), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes')
  } catch {
    return 'unknown'
  }
}
