import { type PatternSegment, readPattern } from './route-pattern.ts'

// Deeper patterns are not kept. What a search costs is bounded by the patterns, and never by the path.
const maxDepth = 64

const slash = 47
const questionMark = 63
const hash = 35
const percent = 37

/** What may follow once the segments before it have been read, and what a path is that ends here. */
class Place<T> {
  readonly segment: PatternSegment
  /** Words, by their length: a segment of a request need not be cut out to be looked up. */
  readonly fixed = new Map<number, Place<T>[]>()
  /** All others, in the order in which they are tried. */
  readonly open: Place<T>[] = []
  readonly byMethod = new Map<string, T>()
  byAny: T | undefined = undefined

  constructor(segment: PatternSegment) {
    this.segment = segment
  }

  /** The place behind one more segment; made where there is none. */
  next(segment: PatternSegment): Place<T> {
    const { kind, text, suffix } = segment
    const among = kind === 'fixed' ? (this.fixed.get(text.length) ?? []) : this.open
    const known = among.find(({ segment: own }) => own.kind === kind && own.text === text && own.suffix === suffix)
    if (known !== undefined) return known
    const made = new Place<T>(segment)
    among.push(made)
    if (kind === 'fixed') this.fixed.set(text.length, among)
    else among.sort((a, b) => precedence(a.segment, b.segment))
    return made
  }

  /** @param method undefined for every method. Whoever comes first stays. */
  put(method: string | undefined, value: T): void {
    if (method === undefined) this.byAny ??= value
    else if (!this.byMethod.has(method)) this.byMethod.set(method, value)
  }

  valueFor(method: string): T | undefined {
    const own = this.byMethod.get(method)
    if (own !== undefined) return own
    // RFC 9110, section 9.3.2: HEAD is GET without the content, and the handler of GET is what runs.
    return (method === 'HEAD' ? this.byMethod.get('GET') : undefined) ?? this.byAny
  }
}

/** The longer text that is known goes first; one segment before all that follows. */
function precedence(a: PatternSegment, b: PatternSegment): number {
  return b.text.length - a.text.length || Number(a.kind === 'rest') - Number(b.kind === 'rest') || b.suffix.length - a.suffix.length
}

/**
 * Finds the route of a path among patterns, as Fastify's router would: words before parameters before `*`, segment by
 * segment, and back where that leads nowhere. Patterns that differ only in the expressions of their parameters, or in what
 * stands between two of one segment, are the same here; the first one stays.
 */
export class RouteTrie<T> {
  readonly #root = new Place<T>({ kind: 'fixed', text: '', suffix: '' })
  /** Segments of the longest pattern. */
  #depth = 0
  /** Where the segments of the path end that is searched for; the first one is the slash that it begins with. */
  readonly #ends = new Int32Array(maxDepth + 3)

  /** @param method undefined for every method */
  add(method: string | undefined, pattern: string, value: T): void {
    for (const segments of readPattern(pattern)) {
      if (segments.length > maxDepth) continue
      let place = this.#root
      for (const segment of segments) place = place.next(segment)
      place.put(method, value)
      this.#depth = Math.max(this.#depth, segments.length)
    }
  }

  /** @param path as the client has sent it, with its query */
  find(method: string, path: string): T | undefined {
    if (path.charCodeAt(0) !== slash) return this.#findAbsolute(method, path)
    const count = this.#scan(path)
    if (count === 0) {
      const decoded = decode(path)
      return this.#search(method, decoded, this.#scan(decoded, false))
    }
    return this.#search(method, path, count)
  }

  /** RFC 9112, section 3.2.2: a proxy is asked for `http://host/path`. */
  #findAbsolute(method: string, path: string): T | undefined {
    const authority = path.indexOf('://')
    const start = authority === -1 ? -1 : path.indexOf('/', authority + 3)
    return start === -1 ? undefined : this.find(method, path.slice(start))
  }

  #search(method: string, path: string, count: number): T | undefined {
    const found = this.#match(this.#root, method, path, 0, count)
    // Many apps take `/a/` for `/a`; for the others it is no route at all.
    if (found !== undefined || count < 2 || this.#ends[count] !== this.#ends[count - 1]! + 1) return found
    return this.#match(this.#root, method, path, 0, count - 1)
  }

  /**
   * Notes where the segments end, as far as patterns reach and a bit further.
   * @returns how many there are; 0 where there is something to be decoded first
   */
  #scan(path: string, encoded = true): number {
    const ends = this.#ends
    const most = this.#depth + 2
    let count = 0
    for (let at = 1; at < path.length; at++) {
      const code = path.charCodeAt(at)
      if (code === slash) {
        ends[++count] = at
        if (count === most) return count
      } else if (code === questionMark || code === hash) {
        ends[++count] = at
        return count
      } else if (code === percent && encoded) return 0
    }
    ends[++count] = path.length
    return count
  }

  // Each place is tried once at most, for it has one depth: going back costs no more than there are places.
  #match(place: Place<T>, method: string, path: string, depth: number, count: number): T | undefined {
    if (depth === count) return place.valueFor(method)
    const start = this.#ends[depth]! + 1
    const end = this.#ends[depth + 1]!
    const words = place.fixed.get(end - start)
    if (words !== undefined) {
      for (const word of words) {
        if (!path.startsWith(word.segment.text, start)) continue
        const found = this.#match(word, method, path, depth + 1, count)
        if (found !== undefined) return found
        break
      }
    }
    for (const next of place.open) {
      const { kind, text, suffix } = next.segment
      if (end - start < text.length + suffix.length || !path.startsWith(text, start) || !path.endsWith(suffix, end)) continue
      const found = kind === 'rest' ? next.valueFor(method) : this.#match(next, method, path, depth + 1, count)
      if (found !== undefined) return found
    }
    return undefined
  }
}

/**
 * As routers decode a path, without its query: characters that would change its structure stay escaped, `%2F` above all.
 * A path with a broken escape is taken as it is.
 */
function decode(path: string): string {
  const end = path.search(/[?#]/)
  const encoded = end === -1 ? path : path.slice(0, end)
  try {
    return decodeURI(encoded.replaceAll('%25', '%2525'))
  } catch {
    return encoded
  }
}
