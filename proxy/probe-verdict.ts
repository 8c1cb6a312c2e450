import type { EndpointState } from './balancing/endpoint.ts'
import type { ProbeAsk, ProbeResult } from './probe.ts'

/**
 * What is behind an address: a loop of ours, some other server, or not known yet (nothing that answers was met).
 */
export type Nature = 'loop' | 'foreign' | 'unknown'

/**
 * What a probe says. `ok` and `failed` count; `refused` means that the loop itself does not wish to serve, which
 * needs no second opinion; `busy` says nothing: a blocked loop answers late and is not gone.
 */
export interface Verdict {
  readonly health: 'ok' | 'failed' | 'refused' | 'busy'
  readonly nature: Nature
  /** What the loop says of itself. */
  readonly says?: Extract<EndpointState, 'starting' | 'ready' | 'draining'>
  /** For the log. */
  readonly reason: string
}

const words: readonly string[] = ['starting', 'ready', 'draining'] satisfies EndpointState[]

/** The next question for an endpoint. */
export function nextAsk(nature: Nature, path: string | undefined): ProbeAsk {
  if (nature !== 'foreign') return { kind: 'loop' }
  return path === undefined ? { kind: 'connect' } : { kind: 'path', path }
}

/** Reads the answer to `ask`. */
export function judge(nature: Nature, ask: ProbeAsk, result: ProbeResult): Verdict {
  switch (result.kind) {
    case 'connected':
      return { health: 'ok', nature, reason: 'connected' }
    case 'timeout':
      // A stranger that accepts connections and ignores OPTIONS * may serve everything else.
      if (nature === 'unknown' && result.connected) return { health: 'ok', nature, reason: 'accepts connections' }
      return { health: 'busy', nature, reason: 'no answer in time' }
    case 'failed':
      if (nature === 'unknown' && result.connected) return { health: 'ok', nature, reason: 'accepts connections' }
      // What comes up there next may be another program.
      return { health: 'failed', nature: result.connected ? nature : 'unknown', reason: result.reason }
    case 'answer':
      return ask.kind === 'loop' ? judgeLoop(result.status, result.body.trim()) : judgePath(nature, result.status)
  }
}

function judgeLoop(status: number, body: string): Verdict {
  const says = status === (body === 'ready' ? 200 : 503) && words.includes(body) ? (body as NonNullable<Verdict['says']>) : undefined
  if (says === undefined) return { health: 'ok', nature: 'foreign', reason: 'answers' }
  return { health: says === 'ready' ? 'ok' : 'refused', nature: 'loop', says, reason: `it says ${says}` }
}

function judgePath(nature: Nature, status: number): Verdict {
  return { health: status >= 200 && status < 400 ? 'ok' : 'failed', nature, reason: `status ${status}` }
}
