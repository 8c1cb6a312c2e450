import type { Clock } from '../core/sources.ts'

/** One item's place in a WaitingQueue. */
export interface Waiter<T> {
  readonly item: T
  /** When it came, on the queue's clock in milliseconds. */
  readonly since: number
  /** When its wait ends, on the queue's clock. */
  readonly deadline: number
}

interface Link<T> extends Waiter<T> {
  previous: Link<T> | undefined
  next: Link<T> | undefined
  queued: boolean
}

/** Requests that wait for an endpoint, first come first served, bounded in number and time. */
export class WaitingQueue<T> {
  readonly #limit: number
  readonly #clock: Clock
  #head: Link<T> | undefined
  #tail: Link<T> | undefined
  #depth = 0
  // No deadline is earlier than this.
  #earliest = Number.POSITIVE_INFINITY

  constructor(limit: number, clock: Clock) {
    this.#limit = limit
    this.#clock = clock
  }

  get depth(): number {
    return this.#depth
  }

  /**
   * Queues an item; undefined when the queue is full.
   * @param deadlineMs how long it may wait from now, in milliseconds
   */
  push(item: T, deadlineMs: number): Waiter<T> | undefined {
    if (this.#depth >= this.#limit) return undefined
    const since = this.#clock.now()
    const link: Link<T> = { item, since, deadline: since + deadlineMs, previous: this.#tail, next: undefined, queued: true }
    if (this.#tail === undefined) this.#head = link
    else this.#tail.next = link
    this.#tail = link
    this.#depth += 1
    this.#earliest = Math.min(this.#earliest, link.deadline)
    return link
  }

  /** The item that has waited longest, left where it is. */
  peek(): T | undefined {
    return this.#head?.item
  }

  /** Takes out the item that has waited longest. */
  shift(): T | undefined {
    const head = this.#head
    if (head === undefined) return undefined
    this.#unlink(head)
    return head.item
  }

  /** Takes out one that no longer waits, a client that left; nothing happens when it is out already. */
  remove(waiter: Waiter<T>): void {
    // Every waiter is a Link made by push; callers see only what is theirs to see.
    const link = waiter as Link<T>
    if (link.queued) this.#unlink(link)
  }

  /** Takes out those whose deadline has passed, in the order they came. */
  expire(now: number): T[] {
    const expired: T[] = []
    if (now < this.#earliest) return expired
    let earliest = Number.POSITIVE_INFINITY
    for (let link = this.#head; link !== undefined;) {
      const next: Link<T> | undefined = link.next
      if (link.deadline <= now) {
        this.#unlink(link)
        expired.push(link.item)
      } else {
        earliest = Math.min(earliest, link.deadline)
      }
      link = next
    }
    this.#earliest = earliest
    return expired
  }

  #unlink(link: Link<T>): void {
    if (link.previous === undefined) this.#head = link.next
    else link.previous.next = link.next
    if (link.next === undefined) this.#tail = link.previous
    else link.next.previous = link.previous
    // A waiter kept by its request must not keep its former neighbours alive.
    link.previous = undefined
    link.next = undefined
    link.queued = false
    this.#depth -= 1
  }
}
