import type { Settings } from '../config/schema.ts'
import type { ReplyCode } from '../core/replies.ts'
import type { Outcome } from './balancing/ticket.ts'

/** What the time-outs look at. An Exchange is one. */
export interface Progress {
  readonly startedAt: number
  readonly expectsContinue: boolean
  readonly body: { readonly complete: boolean; readonly awaited: boolean; readonly lastByteAt: number } | undefined
  readonly attempt: { readonly startedAt: number; readonly connecting: boolean } | undefined
  readonly relay: { readonly movedAt: number; readonly stalled: boolean } | undefined
}

export type Overdue = { readonly kind: 'unconnected' } | { readonly kind: 'late'; readonly code: ReplyCode; readonly outcome: Outcome }

const loopLate: Overdue = { kind: 'late', code: 'LOOP_TIMEOUT', outcome: 'failed' }
const clientLate: Overdue = { kind: 'late', code: 'REQUEST_TIMEOUT', outcome: 'cancelled' }
const unconnected: Overdue = { kind: 'unconnected' }

/** Which time-out an exchange has run into, if any. Times are of one clock, in milliseconds; a limit of 0 is none. */
export function overdue(progress: Progress, now: number, timeouts: Settings['timeouts']): Overdue | undefined {
  if (isOver(now - progress.startedAt, timeouts.request)) return loopLate
  const { attempt, relay, body } = progress
  // In the queue: its own deadline counts.
  if (attempt === undefined) return undefined
  if (relay !== undefined) {
    const movedAt = Math.max(relay.movedAt, body?.lastByteAt ?? 0)
    if (!isOver(now - movedAt, timeouts.idle)) return undefined
    return relay.stalled ? clientLate : loopLate
  }
  if (attempt.connecting) return isOver(now - attempt.startedAt, timeouts.connect) ? unconnected : undefined
  if (body !== undefined && !body.complete && !progress.expectsContinue) return overdueBody(body, attempt.startedAt, now, timeouts)
  return isOver(now - Math.max(attempt.startedAt, body?.lastByteAt ?? 0), timeouts.response) ? loopLate : undefined
}

const isOver = (elapsed: number, limit: number): boolean => limit > 0 && elapsed > limit

function overdueBody(
  body: NonNullable<Progress['body']>,
  attemptAt: number,
  now: number,
  timeouts: Settings['timeouts'],
): Overdue | undefined {
  const still = now - Math.max(body.lastByteAt, attemptAt)
  if (body.awaited) return isOver(still, timeouts.body) ? clientLate : undefined
  return isOver(still, timeouts.idle) ? loopLate : undefined
}
