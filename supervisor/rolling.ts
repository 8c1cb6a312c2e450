import type { ErrorText } from '../core/messages.ts'

/** How far a reload is: which loops run the new code, which are still to come. */
export interface RollingState {
  readonly pending: readonly string[]
  readonly replaced: readonly string[]
  /** The loop at the head of `pending` has failed once. */
  readonly retried: boolean
  readonly stopped?: ErrorText | undefined
}

export type RollingStep =
  | { readonly is: 'replace'; readonly id: string }
  | { readonly is: 'done' }
  | { readonly is: 'stop'; readonly error: ErrorText }

export const beginRolling = (ids: readonly string[]): RollingState => ({ pending: ids, replaced: [], retried: false })

export function nextStep(state: RollingState): RollingStep {
  if (state.stopped !== undefined) return { is: 'stop', error: state.stopped }
  const [id] = state.pending
  return id === undefined ? { is: 'done' } : { is: 'replace', id }
}

/**
 * The state after one replacement. The first loop decides about the new code: where it does not become ready,
 * nothing has been drained and all of the old generation serves. A later one is tried twice, as the code is known to
 * start by then.
 */
export function afterStep(state: RollingState, failure: ErrorText | undefined): RollingState {
  const [id, ...rest] = state.pending
  if (id === undefined) return state
  if (failure === undefined) return { pending: rest, replaced: [...state.replaced, id], retried: false }
  if (state.replaced.length > 0 && !state.retried) return { ...state, retried: true }
  return { ...state, stopped: failure }
}

/** What a reload that stopped left behind, for the operator. */
export function describeStop(state: RollingState, generation: number): string {
  const cause = state.stopped?.message ?? ''
  if (state.replaced.length === 0)
    return `reload stopped and rolled back: the new code did not become ready (${cause}); every loop still runs the old one`
  return `reload stopped: a loop did not become ready (${cause}); ${list(state.replaced)} run generation ${generation}, ${list(state.pending)} still the old one. Correct the cause and reload again`
}

const list = (ids: readonly string[]): string => `loop${ids.length === 1 ? '' : 's'} ${ids.join(', ')}`

/** Replaces loop by loop. `replace` says why where the successor did not become ready. */
export async function roll(ids: readonly string[], replace: (id: string) => Promise<ErrorText | undefined>): Promise<RollingState> {
  let state = beginRolling(ids)
  for (let step = nextStep(state); step.is === 'replace'; step = nextStep(state)) {
    state = afterStep(state, await replace(step.id))
  }
  return state
}
