import { spawnSync } from 'node:child_process'

/**
 * Whether a test that needs a program of the system can run here. On a user's machine it is skipped, and says so, where
 * the program is missing; in CI nothing is skipped, so there the test runs and fails.
 */
export function canRun(command: string, ...args: readonly string[]): boolean {
  if (process.env['CI'] !== undefined) return true
  const found = spawnSync(command, args, { stdio: 'ignore' }).status === 0
  if (!found) process.stderr.write(`skipped, since this does not work here: ${[command, ...args].join(' ')}\n`)
  return found
}
