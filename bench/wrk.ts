import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { Case } from './contestants.ts'

const run = promisify(execFile)
const script = fileURLToPath(new URL('wrk-headers.lua', import.meta.url))

export interface Load {
  readonly requests: number
  readonly seconds: number
}

/** Fails with the remedy where wrk is not installed. */
export async function requireWrk(): Promise<void> {
  try {
    await run('wrk', ['--version'])
  } catch (error) {
    // It prints its version and then exits with 1.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error('the load generator wrk is not installed; on Debian and Ubuntu: apt-get install wrk, on macOS: brew install wrk', {
        cause: error,
      })
    }
  }
}

/**
 * Loads a URL for some seconds.
 * @throws Error when a request failed: what is wrong fast is no result
 */
export async function load(url: string, each: Case, seconds: number): Promise<Load> {
  const { stdout } = await run('wrk', [
    '-t1',
    `-c${each.connections}`,
    `-d${seconds}s`,
    '-s',
    script,
    `${url}${each.path}`,
    '--',
    each.script,
  ])
  const text = /^RESULT (.*)$/m.exec(stdout)?.[1]
  if (text === undefined) throw new Error(`wrk said no result:\n${stdout}`)
  const result = JSON.parse(text) as { requests: number; microseconds: number; failed: number }
  if (result.failed > 0) throw new Error(`${result.failed} of ${result.requests} requests to ${url}${each.path} failed`)
  return { requests: result.requests, seconds: result.microseconds / 1e6 }
}
