import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { browserHeaders } from '../load/client/browser-headers.ts'
import type { Case } from './cases.ts'

const run = promisify(execFile)
const script = fileURLToPath(new URL('wrk.lua', import.meta.url))

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
export async function wrk(url: string, each: Case, seconds: number): Promise<Load> {
  const fields = Object.entries(headersOf(each)).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const { stdout } = await run('wrk', [
    ...['-t1', `-c${each.connections}`, `-d${seconds}s`, '--timeout', '10s', ...fields],
    ...['-s', script, `${url}${each.path}`, '--', ...(each.post === undefined ? [] : [String(each.post.bytes)])],
  ])
  const text = /^RESULT (.*)$/m.exec(stdout)?.[1]
  if (text === undefined) throw new Error(`wrk said no result:\n${stdout}`)
  const result = JSON.parse(text) as { requests: number; microseconds: number; failed: Record<string, number> }
  const failed = Object.entries(result.failed).filter(([, count]) => count > 0)
  if (failed.length > 0) {
    throw new Error(`${failed.map(([kind, count]) => `${count} ${kind} errors`).join(', ')} in ${result.requests} requests`)
  }
  if (result.requests === 0) throw new Error(`no request was answered in ${seconds} seconds`)
  return { requests: result.requests, seconds: result.microseconds / 1e6 }
}

const headersOf = (each: Case): Record<string, string> => ({
  ...(each.headers === 'browser' ? browserHeaders : {}),
  ...(each.post === undefined ? {} : { 'Content-Type': each.post.type }),
  ...(each.close === true ? { Connection: 'close' } : {}),
})
