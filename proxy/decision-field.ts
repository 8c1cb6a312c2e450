import type { Candidate, Decision } from '../core/decision.ts'

/** The field of a response that says why its loop was chosen. */
export const decisionHeader = 'x-evenloop-decision'

/** The field of a request by which a trusted caller asks for it. */
export const explainHeader = 'evenloop-explain'

// Proxies and log shippers cut or refuse long fields.
const longest = { field: 1_000, word: 64, route: 200, reason: 200 } as const
const ellipsis = '...'

/**
 * A decision as the value of `x-evenloop-decision`: one line of ASCII, at most 1,000 bytes, cut where there are many candidates. Values are
 * integers, tokens or strings as of RFC 8941; a candidate is `LOOP:HELD`, with `/LIMIT` where it has one, and what stands against it.
 */
export function decisionField({ route, class: kind, priority, policy, chosen, reason, queued, candidates }: Decision): string {
  let field = chosen === undefined ? '' : `loop=${word(chosen)}; `
  field += `policy=${word(policy)}; class=${kind}; priority=${priority}`
  if (route !== undefined) field += `; route=${quoted(route, longest.route)}`
  field += `; reason=${quoted(reason, longest.reason)}`
  if (queued > 0) field += `; queued=${queued}`
  return `${field}; candidates="${listed(candidates, longest.field - field.length - '; candidates=""'.length)}"`
}

function listed(candidates: readonly Candidate[], room: number): string {
  let list = ''
  for (const [index, candidate] of candidates.entries()) {
    const next = `${index === 0 ? '' : ' '}${candidateText(candidate)}`
    const isLast = index === candidates.length - 1
    if (list.length + next.length + (isLast ? 0 : ellipsis.length + 1) > room) return `${list}${index === 0 ? '' : ' '}${ellipsis}`
    list += next
  }
  return list
}

function candidateText({ loop, inFlight, limit, standing }: Candidate): string {
  const held = limit > 0 ? `${inFlight}/${limit}` : String(inFlight)
  return `${escaped(loop, longest.word)}:${held}${standing === 'eligible' ? '' : `(${standing})`}`
}

const isBare = /^(?:-?\d{1,15}|[A-Za-z*][\w!#$%&'*+.^`|~:/-]*)$/

const word = (text: string): string => (isBare.test(text) && text.length <= longest.word ? text : quoted(text, longest.word))

const quoted = (text: string, limit: number): string => `"${escaped(text, limit)}"`

/** The inside of a string of RFC 8941, which knows visible ASCII and spaces alone. Never cut between a backslash and what it escapes. */
function escaped(text: string, limit: number): string {
  const all = text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, String.raw`\$&`)
  if (all.length <= limit) return all
  return all.slice(0, limit - ellipsis.length).replace(/(?<!\\)((?:\\\\)*)\\$/, '$1') + ellipsis
}
