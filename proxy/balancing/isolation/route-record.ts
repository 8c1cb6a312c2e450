import type { RouteRule } from '../../../config/route-rules.ts'
import { holdBounds, noMethod, quantile, type RouteCounts, totalOf } from '../../../core/route-counts.ts'
import type { RouteClass } from '../../../core/status.ts'
import { longMs, shortMs, type WorkSums } from './demand.ts'
import { FadingSum } from './fading-sum.ts'

const windowMs = 10_000
// A minute: long enough for a median, short enough to see that a fix has helped.
const windows = 6
// A route that is asked for rarely is known by what it did before, for ten minutes: each of its requests holds a loop no less.
const mostWindows = 60
// Fewer requests tell nothing: the first of a fresh process are slow.
const fewest = 5
// And it takes so many to acquit a route that was found to block, of which this share is short.
const acquitting = 20
const shortShare = 0.6
// Of the newest requests each counts half as much as one that came so many later: a route that begins to block is found when it has done so a few
// dozen times, whatever it did in the minute before.
const halfLife = 30

/** What has no name of its own: requests for more routes than are kept. They are requests all the same, unlike `(no request)`. */
export const other = '(other)'

// Of a hold in the middle of each bucket, in square milliseconds.
const squareOf = Array.from({ length: holdBounds.length + 1 }, (_, at) => {
  const upper = holdBounds[at] ?? holdBounds.at(-1)!
  return (500 * ((holdBounds[at - 1] ?? 0) + upper)) ** 2
})

interface Window {
  readonly index: number
  readonly counts: number[]
  total: number
}

/** How the requests of one route have held event loops lately, over all loops. */
export class RouteRecord {
  readonly method: string
  /** As the app calls it now; a reload may have given its parameters other names. */
  route: string
  /** What the operator says of it. */
  readonly configured: RouteRule | undefined
  /** What the app says of it. */
  declared: RouteClass | undefined = undefined
  /** It is found to block. */
  blocks = false
  /** The median of its holds, in milliseconds. */
  medianMs = 0
  /** When it was last asked for, as far as reports say. */
  seenAt = 0
  /** Enough has been seen of it, at any time, to tell it from the routes beside it. */
  known = false
  readonly #windows: Window[] = []
  readonly #counts: number[] = emptyCounts()
  // The same, the newest above all.
  readonly #newest: number[] = emptyCounts()
  #total = 0
  #judged = true
  readonly #ofRequests: boolean
  readonly #shortWork = new FadingSum(shortMs)
  readonly #longWork = new FadingSum(longMs)
  readonly #longSquares = new FadingSum(longMs)
  readonly #longRequests = new FadingSum(longMs)

  constructor(method: string, route: string, configured: RouteRule | undefined) {
    this.method = method
    this.route = route
    this.configured = configured
    this.#ofRequests = method !== noMethod || route === other
  }

  /**
   * @param earlier what the same process said before
   * @param spanMs the time up to now in which the rest has come; undefined where that is not known
   */
  note(after: RouteCounts, earlier: RouteCounts | undefined, spanMs: number | undefined, now: number): void {
    // Counts that have gone down are those of another process by the same name.
    const before = earlier !== undefined && hasGrown(earlier, after) ? earlier : undefined
    this.route = after.route
    this.declared = after.declared
    const more = after.counts.map((count, at) => count - (before?.counts[at] ?? 0))
    const added = totalOf(more)
    if (added > 0) this.#add(more, added, now)
    if (spanMs === undefined) return
    const workMs = (after.seconds - (before?.seconds ?? 0)) * 1_000
    this.#shortWork.add(workMs, spanMs, now)
    this.#longWork.add(workMs, spanMs, now)
    this.#longSquares.add(
      more.reduce((sum, count, at) => sum + count * squareOf[at]!, 0),
      spanMs,
      now,
    )
    if (this.#ofRequests) this.#longRequests.add(added, spanMs, now)
  }

  /** Adds what it asks for. */
  addTo(sums: WorkSums, now: number): void {
    sums.shortWork += this.#shortWork.at(now)
    sums.longWork += this.#longWork.at(now)
    sums.longSquares += this.#longSquares.at(now)
    sums.longRequests += this.#longRequests.at(now)
  }

  /** Drops what is too old and judges the rest. @returns false where nothing is left of it */
  review(thresholdMs: number, now: number): boolean {
    this.#dropOld(now)
    // What the app says of a route is known before anyone asks for it.
    const remains = this.#total > 0 || this.declared !== undefined
    if (this.#judged) return remains
    this.#judged = true
    if (this.#total === 0) return remains
    this.medianMs = quantile(this.#newest, 0.5) * 1_000
    if (this.blocks) this.blocks = this.#total < acquitting || !this.#isShort(thresholdMs / 2)
    else this.blocks = this.#total >= fewest && this.medianMs > thresholdMs
    return true
  }

  /** In the whole minute and lately: what blocks in every other request must not be acquitted each time that chance is kind to it. */
  #isShort(limitMs: number): boolean {
    return [this.#counts, this.#newest].every((counts) => quantile(counts, shortShare) * 1_000 < limitMs)
  }

  /** @param more by bucket */
  #add(more: readonly number[], added: number, now: number): void {
    const window = this.#windowAt(now)
    const kept = 2 ** (-added / halfLife)
    // Nobody knows in which order those of one report came: all of them count as much, together as if they had come one by one.
    const each = (1 - kept) / (1 - 2 ** (-1 / halfLife)) / added
    for (let at = 0; at < this.#counts.length; at++) {
      const count = more[at] ?? 0
      window.counts[at]! += count
      this.#counts[at]! += count
      this.#newest[at] = this.#newest[at]! * kept + count * each
    }
    window.total += added
    this.#total += added
    this.#judged = false
    this.known ||= this.#total >= fewest
    this.seenAt = now
  }

  #dropOld(now: number): void {
    const current = Math.floor(now / windowMs)
    for (let oldest = this.#windows[0]; oldest !== undefined; oldest = this.#windows[0]) {
      const enough = this.#total - oldest.total >= acquitting
      if (oldest.index > current - (enough ? windows : mostWindows)) return
      this.#windows.shift()
      this.#judged = false
      this.#total -= oldest.total
      for (const [at, count] of oldest.counts.entries()) this.#counts[at]! -= count
    }
  }

  #windowAt(now: number): Window {
    const index = Math.floor(now / windowMs)
    const newest = this.#windows.at(-1)
    if (newest?.index === index) return newest
    const made = { index, counts: emptyCounts(), total: 0 }
    this.#windows.push(made)
    return made
  }
}

const emptyCounts = (): number[] => Array.from({ length: holdBounds.length + 1 }, () => 0)

const hasGrown = (before: RouteCounts, after: RouteCounts): boolean =>
  after.seconds >= before.seconds && before.counts.every((count, at) => count <= (after.counts[at] ?? 0))
