import { type RouteRule, routeRules, ruleFinder } from '../../../config/route-rules.ts'
import type { Settings } from '../../../config/schema.ts'
import { noMethod, type RouteCounts } from '../../../core/route-counts.ts'
import { isFindable, patternShape } from '../../../core/route-pattern.ts'
import { RouteTrie } from '../../../core/route-trie.ts'
import type { RouteName } from '../../../core/status.ts'
import { ordinary, priorities, type Priority, type RouteKind } from '../route-kind.ts'
import { busyLoops, type Demand, noWork } from './demand.ts'
import { other, RouteRecord } from './route-record.ts'

// Each loop names 200 at most; reloads may bring others.
const maxRoutes = 1_000
// A process says something once a second; one that says nothing for longer has done nothing, or is blocked.
const reportMs = 1_500
// Longer than the pause between two requests of a route that is asked for a few times a minute.
const latelyMs = 40_000
// A kind is made anew, and all that is looked up with it, where its hold has changed by more than this share.
const holdDrift = 0.25

/** What a process has counted of one route so far. */
interface Counted {
  readonly counts: RouteCounts
  /** By which its record is found. */
  readonly shape: string
}

interface Reporter {
  readonly at: number
  readonly counted: Map<string, Counted>
}

/**
 * Learns which routes block, from what the loops report, and knows for each request which kind of route it is for. What the
 * configuration says of a pattern holds for all paths that it matches, and stands above what the app declares, and this
 * above what is learned.
 */
export class RouteClasses {
  readonly #isolation: Settings['isolation']
  readonly #rules: readonly RouteRule[]
  readonly #ruleFor: (route: RouteName) => RouteRule | undefined
  // Routes that no path can tell apart share one record, and one kind.
  readonly #records = new Map<string, RouteRecord>()
  /** What each route is, where it is more than ordinary. */
  readonly #kinds = new Map<string, RouteKind>()
  readonly #reporters = new Map<string, Reporter>()
  #trie = new RouteTrie<RouteKind>()
  /** Ordinary routes that are in the trie. */
  readonly #beside = new Set<RouteRecord>()
  #any = false
  #firstAt: number | undefined = undefined

  constructor({ isolation, routes }: { readonly isolation: Settings['isolation']; readonly routes: Settings['routes'] }) {
    this.#isolation = isolation
    this.#rules = routeRules(routes)
    this.#ruleFor = ruleFinder(this.#rules)
    this.#rebuild()
  }

  /**
   * Takes a loop's report: whole counts since its process began. A report of nothing tells something too: that what comes next is new.
   * @param process names the process
   */
  note(process: string, routes: readonly RouteCounts[], now: number): void {
    this.#firstAt ??= now
    const reporter = this.#reporters.get(process)
    const counted = reporter?.counted ?? new Map<string, Counted>()
    // Of the first report nobody knows over how long a time it came.
    const spanMs = reporter === undefined ? undefined : Math.min(now - reporter.at, reportMs)
    for (const counts of routes) this.#count(counts, counted, spanMs, now)
    this.#reporters.set(process, { at: now, counted })
  }

  /** The process is gone; what it has counted stays. */
  forget(process: string): void {
    this.#reporters.delete(process)
  }

  /** Looks at everything again; true where a route has begun to block or ceased to. */
  review(now: number): boolean {
    let flipped = false
    let changed = false
    for (const [shape, record] of this.#records) {
      const kept = record.review(this.#isolation.threshold, now)
      if (!kept) this.#records.delete(shape)
      const before = this.#kinds.get(shape) ?? ordinary
      const after = kept && isFindable(record) ? this.#judge(record, before) : ordinary
      if (after === ordinary) this.#kinds.delete(shape)
      else this.#kinds.set(shape, after)
      flipped ||= after.blocking !== before.blocking
      changed ||= after !== before || (this.#any && this.#beside.has(record) !== (kept && isBeside(record, after)))
    }
    if (changed) this.#rebuild()
    return flipped
  }

  /** The kind of the route that this request is for; undefined where it is ordinary, as far as is known. */
  kindOf(method: string, path: string): RouteKind | undefined {
    const kind = this.#trie.find(method, path)
    return kind === ordinary ? undefined : kind
  }

  /** Whether there is any kind but the ordinary: if not, nobody need ask. */
  get any(): boolean {
    return this.#any
  }

  /** For how long a request typically holds a loop, of the route that does so for longest: milliseconds, 0 where none is known to block. */
  get longestHoldMs(): number {
    let longest = 0
    for (const { blocking, holdMs } of this.#kinds.values()) if (blocking && holdMs > longest) longest = holdMs
    return longest
  }

  /** What the routes ask for now. */
  demand(now: number): Demand {
    const asOf = this.#reportedAt(now)
    const blocking = noWork()
    const others = noWork()
    let blockingSeen = false
    for (const [shape, record] of this.#records) {
      const blocks = this.#kinds.get(shape)?.blocking === true
      blockingSeen ||= blocks && now - record.seenAt < latelyMs
      record.addTo(blocks ? blocking : others, asOf)
    }
    const ageMs = this.#firstAt === undefined ? 0 : asOf - this.#firstAt
    const requests = blocking.longRequests + others.longRequests
    return {
      blockingLoops: busyLoops(blocking, ageMs),
      otherLoops: busyLoops(others, ageMs),
      otherShare: requests > 0 ? others.longRequests / requests : 1,
      blockingSeen,
    }
  }

  /** What is known is so old on average. Between two reports of a process its work is taken for what it was, and does not fade. */
  #reportedAt(now: number): number {
    let sum = 0
    let count = 0
    for (const { at } of this.#reporters.values()) {
      if (now - at > reportMs) continue
      sum += at
      count++
    }
    return count === 0 ? now - reportMs : sum / count
  }

  #count(counts: RouteCounts, counted: Map<string, Counted>, spanMs: number | undefined, now: number): void {
    const { method, route } = counts
    const name = `${method} ${route}`
    const last = counted.get(name)
    if (last === undefined && counted.size >= maxRoutes) return
    const shape = last?.shape ?? (isFindable(counts) ? `${method} ${patternShape(route)}` : name)
    counted.set(name, { counts, shape })
    this.#recordOf(shape, method, route).note(counts, last?.counts, spanMs, now)
  }

  #recordOf(shape: string, method: string, route: string): RouteRecord {
    const known = this.#records.get(shape)
    if (known !== undefined) return known
    const rest = `${noMethod} ${other}`
    if (this.#records.size >= maxRoutes && shape !== rest) return this.#recordOf(rest, noMethod, other)
    const made = new RouteRecord(method, route, this.#ruleFor({ method, route }))
    this.#records.set(shape, made)
    return made
  }

  #judge({ method, route, configured, declared, blocks, medianMs }: RouteRecord, before: RouteKind): RouteKind {
    const { mode } = this.#isolation
    const learned = mode === 'auto' && blocks ? 'blocking' : 'async'
    const blocking = mode !== 'off' && (configured?.class ?? declared ?? learned) === 'blocking'
    const priority = priorityOf(configured)
    if (!blocking && priority === ordinary.priority) return ordinary
    const same = before.blocking === blocking && before.priority === priority
    if (same && Math.abs(medianMs - before.holdMs) <= before.holdMs * holdDrift) return before
    return { name: `${method} ${route}`, blocking, holdMs: medianMs, priority }
  }

  /** Whoever comes first stays where two patterns are for the same paths: what is measured. */
  #rebuild(): void {
    const trie = new RouteTrie<RouteKind>()
    this.#any = this.#kinds.size > 0
    for (const [shape, kind] of this.#kinds) {
      const { method, route } = this.#records.get(shape)!
      trie.add(method, route, kind)
    }
    for (const rule of this.#rules) {
      const { name, method, pattern } = rule
      const blocking = rule.class === 'blocking' && this.#isolation.mode !== 'off'
      const priority = priorityOf(rule)
      const special = blocking || priority !== ordinary.priority
      this.#any ||= special
      trie.add(method, pattern, special ? { name, blocking, holdMs: 0, priority } : ordinary)
    }
    this.#beside.clear()
    for (const [shape, record] of this.#records) {
      if (!isBeside(record, this.#kinds.get(shape))) continue
      this.#beside.add(record)
      trie.add(record.method, record.route, ordinary)
    }
    this.#trie = trie
  }
}

const priorityOf = (rule: RouteRule | undefined): Priority =>
  rule?.priority === undefined ? ordinary.priority : (priorities.indexOf(rule.priority) as Priority)

/**
 * An ordinary route that is known must not be taken for part of a pattern: `/users/me` beside `/users/:id`. One that has
 * hardly been asked for may be: HEAD of a route that blocks, or a path that an app without patterns has made a name of.
 */
const isBeside = (record: RouteRecord, kind: RouteKind = ordinary): boolean => kind === ordinary && record.known && isFindable(record)
