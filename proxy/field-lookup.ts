import { headerNames } from '../link/header-names.ts'
import { fieldKind, kindOfName } from './head-tables.ts'

/**
 * Finds a field name that is still bytes: what it is to the balancer (in any case of letters) and its number on the link
 * (in exactly the spelling that has one). Names stand in one flat array, so that nothing is allocated and nothing
 * chased through objects.
 */

interface Known {
  readonly name: string
  readonly kind: number
  readonly ids: readonly number[]
}

const known: readonly Known[] = [...new Set([...headerNames.slice(1).map((name) => name.toLowerCase()), ...Object.keys(kindOfName)])].map(
  (name) => ({
    name,
    kind: kindOfName[name] ?? kindOfPrefix(name),
    ids: headerNames.flatMap((each, id) => (each.toLowerCase() === name ? [id] : [])),
  }),
)

const slots = 1_024
const longest = Math.max(...known.map(({ name }) => name.length))

// One entry per known name; entry 0 means none, and `next` chains those that share a slot.
const first = new Uint8Array(slots)
const next = new Uint8Array(known.length + 1)
const lengths = new Uint8Array(known.length + 1)
const kinds = new Uint8Array(known.length + 1)
const lowerIds = new Uint8Array(known.length + 1)
const otherIds = new Uint8Array(known.length + 1)
const lowerBytes = new Uint8Array((known.length + 1) * longest)
const otherBytes = new Uint8Array((known.length + 1) * longest)

for (const [index, { name, kind, ids }] of known.entries()) {
  const entry = index + 1
  const bytes = Buffer.from(name)
  const slot = slotOf(bytes, 0, bytes.length)
  next[entry] = first[slot]!
  first[slot] = entry
  lengths[entry] = bytes.length
  kinds[entry] = kind
  lowerBytes.set(bytes, entry * longest)
  for (const id of ids) {
    if (headerNames[id] === name) {
      lowerIds[entry] = id
    } else {
      otherIds[entry] = id
      otherBytes.set(Buffer.from(headerNames[id]!), entry * longest)
    }
  }
}

/** The kind and number of the name in bytes [from, to): `kind | id << 8`. The bytes must form a token. */
export function lookUpField(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from
  for (let entry = first[slotOf(bytes, from, to)]!; entry !== 0; entry = next[entry]!) {
    if (lengths[entry] !== length) continue
    const at = entry * longest
    // Nearly every name comes in the one spelling or the other, and the first letter says in which.
    if ((bytes[from]! & 0x20) !== 0) {
      if (equals(lowerBytes, at, bytes, from, length)) return kinds[entry]! | (lowerIds[entry]! << 8)
    } else if (equals(otherBytes, at, bytes, from, length)) return kinds[entry]! | (otherIds[entry]! << 8)
    if (equalsFolded(lowerBytes, at, bytes, from, length)) return kinds[entry]!
  }
  const letter = bytes[from]! | 0x20
  return letter === 0x78 /* x */ || letter === 0x65 /* e */ ? kindOfUnknown(bytes, from, length) : fieldKind.other
}

const forwardedPrefix = Buffer.from('x-forwarded-')
const evenloopPrefix = Buffer.from('evenloop-')

function kindOfUnknown(bytes: Uint8Array, from: number, length: number): number {
  if (length >= forwardedPrefix.length && equalsFolded(forwardedPrefix, 0, bytes, from, forwardedPrefix.length)) return fieldKind.xForwarded
  if (length >= evenloopPrefix.length && equalsFolded(evenloopPrefix, 0, bytes, from, evenloopPrefix.length)) return fieldKind.evenloop
  return fieldKind.other
}

function kindOfPrefix(name: string): number {
  return name.startsWith('x-forwarded-') ? fieldKind.xForwarded : fieldKind.other
}

/** The length and three letters tell most names apart; the comparison that follows tells all. Blind to case. */
function slotOf(bytes: Uint8Array, from: number, to: number): number {
  const middle = bytes[from + ((to - from) >> 1)]! & 0x1f
  return ((to - from) * 7 + (bytes[from]! & 0x1f) * 37 + (bytes[to - 1]! & 0x1f) * 131 + middle * 281) & (slots - 1)
}

function equals(names: Uint8Array, at: number, bytes: Uint8Array, from: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (names[at + i] !== bytes[from + i]) return false
  return true
}

/** In a token, setting this bit turns capitals into small letters and makes nothing else a letter, a digit or a hyphen. */
function equalsFolded(names: Uint8Array, at: number, bytes: Uint8Array, from: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (names[at + i] !== (bytes[from + i]! | 0x20)) return false
  return true
}
