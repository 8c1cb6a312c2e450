import type { LoopStatus, TaskCounts } from '../../core/status.ts'

/** A stretch of time, in milliseconds of the page's clock, and what was held in it. */
export interface Span {
  readonly from: number
  readonly to: number
  /** Tasks held, on average. */
  readonly open: number
  /** Tasks begun. */
  readonly begun: number
}

/** What of a loop or a queue was seen lately. */
export interface Past {
  /** From when a process or thread was ready until it ended; the last one may go on. */
  readonly lives: readonly { readonly from: number; readonly to?: number }[]
  readonly spans: readonly Span[]
  /** What was before this is not known. */
  readonly seenFrom: number
  /** Over the last seconds that are known, at first over its whole life. Undefined where it does not tell. */
  readonly recent: Recent | undefined
}

export interface Recent {
  readonly open: number
  readonly perSecond: number
  /** How long a task takes on average, by Little's law: how many are held, divided by how many come. Undefined before the first. */
  readonly taskMs: number | undefined
}

/** How long the strips of the page reach back. */
export const windowMs = 30_000
const recentMs = 4_000
const joinMs = 50

interface Life {
  readonly from: number
  to?: number
}

interface Seen {
  readonly seenFrom: number
  pid: number
  uptimeSeconds: number
  tasks: TaskCounts | undefined
  /** What the loop's clock is behind the page's: the least that was seen, as words arrive late and never early. It yields slowly, as clocks drift. */
  behindMs: number
  lives: Life[]
  spans: Span[]
}

/**
 * The lives of workers and the tasks in them, over the last half minute. Tasks are counted by the loops themselves, and by a clock of
 * theirs: one that was held tells afterwards how long its tasks took.
 */
export class Lives {
  readonly #seen = new Map<string, Seen>()
  #queue: Span[] = []
  #queueAt: number | undefined

  /** @param at milliseconds, growing */
  update(at: number, loops: readonly LoopStatus[], queued: number): void {
    for (const loop of loops) this.#follow(at, loop)
    const known = new Set(loops.map(({ id }) => id))
    for (const id of this.#seen.keys()) if (!known.has(id)) this.#seen.delete(id)
    const from = this.#queueAt ?? at
    if (at > from) this.#queue.push({ from, to: at, open: queued, begun: 0 })
    this.#queueAt = at
    this.#queue = this.#queue.filter(({ to }) => to > at - windowMs)
  }

  /** Undefined for a loop that is not there. */
  of(id: string): Past | undefined {
    const seen = this.#seen.get(id)
    return seen === undefined ? undefined : { lives: seen.lives, spans: seen.spans, seenFrom: seen.seenFrom, recent: recentOf(seen) }
  }

  /** The requests that waited in the balancers. */
  get queue(): readonly Span[] {
    return this.#queue
  }

  /** What came before has nothing to do with what comes next. */
  clear(): void {
    this.#seen.clear()
    this.#queue = []
    this.#queueAt = undefined
  }

  #follow(at: number, loop: LoopStatus): void {
    const { id, pid, uptimeSeconds, tasks } = loop
    let seen = this.#seen.get(id)
    if (seen === undefined)
      this.#seen.set(id, (seen = { seenFrom: at, pid: 0, uptimeSeconds: 0, tasks: undefined, behindMs: 0, lives: [], spans: [] }))
    const lives = loop.state === 'ready' || loop.state === 'draining'
    const life = seen.lives.at(-1)
    const goesOn = life !== undefined && life.to === undefined && lives && pid === seen.pid && uptimeSeconds >= seen.uptimeSeconds
    if (!goesOn) {
      const from = at - uptimeSeconds * 1_000
      if (life !== undefined) life.to ??= lives ? Math.min(at, Math.max(life.from, from)) : at
      if (lives) seen.lives.push({ from })
      seen.tasks = undefined
    }
    seen.pid = pid
    seen.uptimeSeconds = uptimeSeconds
    if (lives && tasks !== undefined) count(seen, at, tasks)
    seen.lives = seen.lives.filter(({ to }) => to === undefined || to > at - windowMs)
    seen.spans = seen.spans.filter(({ to }) => to > at - windowMs)
  }
}

function count(seen: Seen, at: number, tasks: TaskCounts): void {
  const before = seen.tasks
  const behind = at - tasks.atSeconds * 1_000
  seen.behindMs = before === undefined ? behind : Math.min(seen.behindMs + 1, behind)
  seen.tasks = tasks
  if (before === undefined || tasks.atSeconds <= before.atSeconds) return
  const begin = before.atSeconds * 1_000 + seen.behindMs
  const end = seen.spans.at(-1)?.to ?? -Infinity
  // Where clocks were set anew by a little, one span still begins where the other ends.
  const from = begin < end + joinMs ? end : begin
  const to = tasks.atSeconds * 1_000 + seen.behindMs
  if (to <= from) return
  const open = (tasks.openSeconds - before.openSeconds) / (tasks.atSeconds - before.atSeconds)
  seen.spans.push({ from, to, open, begun: tasks.begun - before.begun })
}

function recentOf({ spans, tasks }: Seen): Recent | undefined {
  if (tasks === undefined) return undefined
  const { begun, openSeconds, atSeconds } = tasks
  const all = { seconds: atSeconds, openSeconds, begun }
  const last = spans.at(-1)
  const recent = last === undefined ? all : sumOf(spans.filter(({ to }) => to > last.to - recentMs))
  // Of tasks that are longer than what is looked at, or while there is none, the mean of the whole life tells more.
  const counted = recent.begun === 0 ? all : recent
  return {
    open: recent.openSeconds / recent.seconds,
    perSecond: recent.begun / recent.seconds,
    taskMs: counted.begun === 0 ? undefined : (counted.openSeconds / counted.begun) * 1_000,
  }
}

function sumOf(spans: readonly Span[]): { seconds: number; openSeconds: number; begun: number } {
  const sum = { seconds: 0, openSeconds: 0, begun: 0 }
  for (const { from, to, open, begun } of spans) {
    sum.seconds += (to - from) / 1_000
    sum.openSeconds += (open * (to - from)) / 1_000
    sum.begun += begun
  }
  return sum
}
