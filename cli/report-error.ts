import { RunError, UsageError } from '../core/errors.ts'

/** What a command that failed says, and its exit status. Only the unexpected comes with a stack. */
export function reportError(error: unknown): { readonly text: string; readonly exitCode: number } {
  if (error instanceof UsageError || error instanceof RunError) {
    const lines = error.message.split('\n').map((line) => `evenloop: ${line}\n`)
    return { text: lines.join(''), exitCode: error.exitCode }
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { text: `evenloop failed unexpectedly, please report this:\n${text}\n`, exitCode: 1 }
}
