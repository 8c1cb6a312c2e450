import type { Clock } from '../../core/sources.ts'
import { Backlog } from './backlog.ts'
import { priorities, type Priority } from './route-kind.ts'

/** One item's place in a WaitingQueue. */
export interface Waiter<T> {
  readonly item: T
  readonly priority: Priority
  /** When it came, on the queue's clock in milliseconds. */
  readonly since: number
  /** When its wait ends, on the queue's clock. */
  readonly deadline: number
  /** Where it waits, or waited. */
  readonly queue: WaitingQueue<T>
}

interface QueueLimits {
  /** How many may wait. */
  readonly limit: number
  /** The least that `stale` allows, in milliseconds; 0 allows everything. */
  readonly delayMs: number
}

interface Link<T> extends Waiter<T> {
  previous: Link<T> | undefined
  next: Link<T> | undefined
  queued: boolean
}

/** Those of one priority, the first to come first. */
interface Line<T> {
  head: Link<T> | undefined
  tail: Link<T> | undefined
  /** How much its turn puts off the next: the smaller, the more turns. */
  readonly stride: number
  /** When its turn is; the line with the smallest number is next. */
  turn: number
}

// Turns while all wait: 16 of high, 4 of normal, 1 of low. What is urgent hardly waits, and nothing waits for ever.
const strides: Readonly<Record<Priority, number>> = [1, 4, 16]

// A request that takes long itself is not refused because it waited for a few like it.
const delayInServices = 4

const nobody: readonly never[] = []

/**
 * Requests that wait for an endpoint: bounded in number and time, first come first served within a priority. Between priorities turns
 * are dealt out by weight (stride scheduling, Waldspurger and Weihl 1995), which is deterministic and lets none starve.
 */
export class WaitingQueue<T> {
  readonly #limits: QueueLimits
  readonly #clock: Clock
  readonly #backlog = new Backlog()
  readonly #lines: readonly Line<T>[] = priorities.map((_, priority) => ({
    head: undefined,
    tail: undefined,
    stride: strides[priority as Priority],
    turn: 0,
  }))
  #depth = 0
  /** The turn that was last: a line that comes back has not saved up those that it did not need. */
  #turn = 0
  /** No deadline is earlier than this. */
  #earliest = Number.POSITIVE_INFINITY

  constructor(limits: QueueLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  get depth(): number {
    return this.#depth
  }

  /**
   * Queues an item; undefined when the queue is full.
   * @param deadlineMs how long it may wait from now, in milliseconds
   */
  push(item: T, priority: Priority, deadlineMs: number): Waiter<T> | undefined {
    const since = this.#clock.now()
    if (this.#depth === 0) this.#backlog.begin(since)
    this.#backlog.came()
    if (this.#depth >= this.#limits.limit) return undefined
    const line = this.#lines[priority]!
    const link: Link<T> = {
      item,
      priority,
      since,
      deadline: since + deadlineMs,
      queue: this,
      previous: line.tail,
      next: undefined,
      queued: true,
    }
    if (line.tail === undefined) {
      line.head = link
      line.turn = Math.max(line.turn, this.#turn)
    } else line.tail.next = link
    line.tail = link
    this.#depth += 1
    this.#earliest = Math.min(this.#earliest, link.deadline)
    return link
  }

  /** Takes out the newest of those that matter least, if they matter less than this priority; undefined where there are none. */
  makeRoom(priority: Priority): T | undefined {
    for (let least = this.#lines.length - 1; least > priority; least--) {
      const newest = this.#lines[least]!.tail
      if (newest === undefined) continue
      this.#unlink(newest)
      return newest.item
    }
    return undefined
  }

  /** The item that `shift` would take out, left where it is. */
  peek(): T | undefined {
    return this.#next()?.head?.item
  }

  /** Takes out the next item. */
  shift(): T | undefined {
    const line = this.#next()
    const head = line?.head
    if (line === undefined || head === undefined) return undefined
    this.#turn = line.turn
    line.turn += line.stride
    this.#backlog.left()
    this.#unlink(head)
    return head.item
  }

  /** Takes out one that no longer waits, a client that left; nothing happens when it is out already, or in another queue. */
  remove(waiter: Waiter<T>): void {
    // Every waiter is a Link made by push; callers see only what is theirs to see.
    const link = waiter as Link<T>
    if (link.queue !== this || !link.queued) return
    this.#backlog.left()
    this.#unlink(link)
  }

  /** Takes out those whose deadline has passed: by priority, then in the order they came. */
  expire(now: number): readonly T[] {
    if (now < this.#earliest) return nobody
    const expired: T[] = []
    let earliest = Number.POSITIVE_INFINITY
    for (const line of this.#lines) {
      for (let link = line.head; link !== undefined;) {
        const next: Link<T> | undefined = link.next
        if (link.deadline <= now) {
          this.#unlink(link)
          expired.push(link.item)
        } else {
          earliest = Math.min(earliest, link.deadline)
        }
        link = next
      }
    }
    this.#earliest = earliest
    return expired
  }

  /**
   * Controlled delay: while the queue grows, it takes out all that have waited for longer than is allowed. A burst passes; a queue that grows
   * only makes everyone late, and answers clients that have given up. After Maurer, "Fail at Scale" (ACM Queue 13.8, 2015), which
   * simplifies CoDel (RFC 8289) for servers.
   * @param serviceMs how long one request takes
   * @param servedSince since when anyone has been taken out: nobody has waited in vain before that
   */
  stale(now: number, serviceMs: number, servedSince = 0): readonly T[] {
    const { delayMs } = this.#limits
    if (delayMs === 0 || this.#depth === 0) return nobody
    const allowedMs = Math.max(delayMs, delayInServices * serviceMs)
    const oldest = now - allowedMs
    if (!this.#backlog.grows(now, allowedMs) || servedSince >= oldest) return nobody
    let stale: T[] | undefined
    for (const line of this.#lines) {
      for (let head = line.head; head !== undefined && head.since < oldest; head = line.head) {
        this.#unlink(head)
        stale ??= []
        stale.push(head.item)
      }
    }
    return stale ?? nobody
  }

  /** Whose turn it is; of two at once the more urgent. */
  #next(): Line<T> | undefined {
    let next: Line<T> | undefined
    for (const line of this.#lines) if (line.head !== undefined && (next === undefined || line.turn < next.turn)) next = line
    return next
  }

  #unlink(link: Link<T>): void {
    const line = this.#lines[link.priority]!
    if (link.previous === undefined) line.head = link.next
    else link.previous.next = link.next
    if (link.next === undefined) line.tail = link.previous
    else link.next.previous = link.previous
    // A waiter kept by its request must not keep its former neighbours alive.
    link.previous = undefined
    link.next = undefined
    link.queued = false
    this.#depth -= 1
  }
}
