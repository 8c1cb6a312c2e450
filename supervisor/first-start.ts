import { RunError } from '../core/errors.ts'
import type { ErrorText } from '../core/messages.ts'
import type { Settings } from '../config/schema.ts'

/** What the start knows of one slot. */
export interface SlotStart {
  readonly ready: boolean
  /** It was ready at some time. */
  readonly proven: boolean
  /** Deaths in a row. */
  readonly deaths: number
  readonly failure?: { readonly error: ErrorText; readonly certain: boolean } | undefined
}

export type StartVerdict = { readonly is: 'waiting' } | { readonly is: 'ready' } | { readonly is: 'hopeless'; readonly error: ErrorText }

/**
 * Whether the first start has succeeded, or can. It cannot where one loop died `giveUpAfter` times without ever
 * being ready, or where every loop's first try failed for a reason that the app or the clock gave: waiting for all
 * the back-offs would only show the same error later.
 */
export function judgeStart(slots: readonly SlotStart[], giveUpAfter: number): StartVerdict {
  if (slots.every((slot) => slot.ready)) return { is: 'ready' }
  const worn = slots.find((slot) => !slot.proven && slot.deaths >= giveUpAfter)
  const all = slots.every((slot) => !slot.proven && slot.failure?.certain === true)
  const hopeless = worn ?? (all ? slots[0] : undefined)
  if (hopeless === undefined) return { is: 'waiting' }
  return { is: 'hopeless', error: hopeless.failure?.error ?? { message: 'the process ended before it was ready' } }
}

/** The end of a start that cannot succeed: the app's own error with its stack, once, and what to do. */
export function startError(settings: Pick<Settings, 'app' | 'command'>, error: ErrorText): RunError {
  const what = settings.command === undefined ? `the app ${settings.app ?? ''}` : `the command ${JSON.stringify(settings.command)}`
  const remedy =
    settings.command === undefined
      ? 'Correct the app and start again; nothing was left running.'
      : 'Try the command by itself, correct it and start again; nothing was left running.'
  return new RunError(`${what} did not start: ${ownWords(error)}\n\n${remedy}`)
}

// A stack begins with the message already; showing both would show the error twice.
function ownWords({ message, stack }: ErrorText): string {
  if (stack === undefined || stack === '') return message
  return stack.includes(message) ? stack : `${message}\n${stack}`
}
