import type { WallClock } from '../../core/sources.ts'
import type { ClusterEvent } from '../../core/status.ts'

/** Something that happened just now. */
export type NewEvent = Omit<ClusterEvent, 'id' | 'at'>

// An app's error may be a page long, and the book is kept in memory and sent to every new listener.
const maxMessageLength = 500

/** What happened in the cluster, the newest last; it forgets the oldest. */
export class EventBook {
  readonly #wall: WallClock
  readonly #limit: number
  readonly #events: ClusterEvent[] = []
  readonly #readers = new Set<(event: ClusterEvent) => void>()
  #last = 0

  constructor(wall: WallClock, limit = 500) {
    this.#wall = wall
    this.#limit = limit
  }

  /** Writes an event down and tells whoever reads along. Its message becomes one line. */
  add(event: NewEvent): ClusterEvent {
    const entry = { ...event, message: oneLine(event.message), id: ++this.#last, at: this.#wall.now() }
    this.#events.push(entry)
    if (this.#events.length > this.#limit) this.#events.shift()
    for (const reader of this.#readers) reader(entry)
    return entry
  }

  /**
   * The last `count` events, of these only what came after the event with the id `after`. An id that has not been given
   * yet is another supervisor's, and asks for everything.
   */
  latest(count: number, after = 0): readonly ClusterEvent[] {
    const last = this.#events.slice(-count)
    return after > this.#last ? last : last.filter((event) => event.id > after)
  }

  /** Calls back for each new event. */
  read(reader: (event: ClusterEvent) => void): void {
    this.#readers.add(reader)
  }
}

function oneLine(text: string): string {
  // \p{Cc} has the escape sequences of terminals in it: a message goes to those too.
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  return line.length > maxMessageLength ? `${line.slice(0, maxMessageLength - 1)}…` : line
}
