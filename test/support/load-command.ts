import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import { root } from './program.ts'

/** What a load test left: its exit status, its output, and its report. */
export interface LoadResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
  readonly report: () => LoadReport
  readonly page: () => string
}

interface LoadReport {
  readonly script: string
  readonly passed: boolean
  readonly requests: number
  readonly failed: number
  readonly shed: number
  readonly thresholds: readonly { readonly metric: string; readonly ok: boolean }[]
  readonly checks: readonly { readonly name: string; readonly passes: number; readonly fails: number }[]
}

/** Runs `npm run load -- ARGS`, without npm in between, to its end. */
export function runLoad(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'evenloop-load-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = (ending: string): string => readFileSync(join(folder, `${args[0]}.${ending}`), 'utf8')
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', 'scripts/load.ts', ...args],
      {
        cwd: root,
        // The test runner has a BASE_URL of its own.
        env: { ...process.env, BASE_URL: '', SUMMARY_DIR: folder, ...env },
        maxBuffer: 2 ** 26,
      },
      (_error, stdout, stderr) =>
        resolve({
          status: child.exitCode ?? -1,
          stdout,
          stderr,
          report: () => JSON.parse(file('json')) as LoadReport,
          page: () => file('html'),
        }),
    )
    onTestFinished(() => void child.kill())
  })
}
