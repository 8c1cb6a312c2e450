import type { Priority } from './balancing/route-kind.ts'

// Urgency 0 to 7: 3 is what a client that says nothing means.
const ofUrgency: readonly Priority[] = [0, 0, 0, 1, 2, 2, 2, 2]

/**
 * What a `priority` header (RFC 9218) says of a request's urgency, as one of our three; undefined where it says nothing that is valid,
 * which RFC 9218 4 asks to overlook. Other members, such as `i`, mean nothing here.
 */
export function priorityOf(header: string | readonly string[] | undefined): Priority | undefined {
  if (header === undefined) return undefined
  let found: Priority | undefined
  for (const member of String(header).split(',')) {
    // Behind a semicolon stand parameters, of which the RFC defines none. Of equal keys the last counts (RFC 9651 3.2).
    const [, urgency] = /^\s*u=([0-7])\s*(?:;|$)/.exec(member) ?? []
    if (urgency !== undefined) found = ofUrgency[Number(urgency)]
  }
  return found
}
