import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, type } from 'node:os'

/** Where and with what a result was measured: without it a number says nothing. */
export function describeMachine(): Record<string, string> {
  return {
    CPU: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores available`,
    System: `${type()} ${release()}`,
    Node: process.version,
    evenloop: packageVersion('../package.json'),
    Commit: commit(),
    Fastify: packageVersion('../node_modules/fastify/package.json'),
    'http-proxy': packageVersion('../node_modules/http-proxy/package.json'),
    '@fastify/http-proxy': packageVersion('peers/node_modules/@fastify/http-proxy/package.json'),
    PM2: packageVersion('peers/node_modules/pm2/package.json'),
    Watt: `${packageVersion('peers/node_modules/wattpm/package.json')} on Node ${packageVersion(`peers/node_modules/node-linux-${process.arch}/package.json`)}`,
    nginx: said('nginx', '-v'),
    HAProxy: said('haproxy', '-v'),
    wrk: said('wrk', '-v'),
    'Open files': `${openFilesLimit()} at most`,
  }
}

/** How many files a process that is started here may have open. */
export function openFilesLimit(): number {
  const soft = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return Number(soft ?? Number.POSITIVE_INFINITY)
}

function packageVersion(path: string): string {
  try {
    return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version
  } catch {
    return 'not installed'
  }
}

/** The version in what a program prints, whether on standard output or standard error. */
function said(command: string, flag: string): string {
  try {
    const text = execFileSync('sh', ['-c', '"$0" "$1" 2>&1 || true', command, flag], { encoding: 'utf8' })
    return /\d+\.\d+[\w.+-]*/.exec(text)?.[0] ?? 'not installed'
  } catch {
    return 'not installed'
  }
}

/** The commit that is measured, and whether files differ from it. */
export function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: new URL('..', import.meta.url), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes')
  } catch {
    return 'unknown'
  }
}
