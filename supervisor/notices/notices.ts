import type { Logger } from '../../core/log.ts'
import type { ClusterEvent } from '../../core/status.ts'
import type { EventBook, NewEvent } from './event-book.ts'

const levels: Readonly<Record<ClusterEvent['severity'], 'info' | 'warn' | 'error'>> = { info: 'info', warning: 'warn', error: 'error' }

/** Tells operators what happened, in the log and as an event: by one call, so that the two never say different things. */
export class Notices {
  readonly #log: Logger
  readonly #book: EventBook

  constructor(log: Logger, book: EventBook) {
    this.#log = log
    this.#book = book
  }

  /** @param facts more for the log line, such as a pid or an error with its stack */
  tell(event: NewEvent, facts: Readonly<Record<string, unknown>> = {}): void {
    const { loop, balancer } = event
    const who = { ...(loop === undefined ? {} : { loop }), ...(balancer === undefined ? {} : { balancer }) }
    this.#log[levels[event.severity]]({ ...who, ...facts }, event.message)
    this.#book.add(event)
  }

  /** An event without a log line of its own: where the program says it on standard output, or line by line. */
  note(event: NewEvent): void {
    this.#book.add(event)
  }
}
