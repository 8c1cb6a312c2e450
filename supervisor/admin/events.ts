import type { ServerResponse } from 'node:http'

import type { ClusterEvent } from '../../core/status.ts'
import { ClusterError } from '../cluster-error.ts'
import type { EventBook } from '../notices/event-book.ts'

// A listener that reads nothing must not make the supervisor hold its events.
const maxBufferedBytes = 1_048_576
// Each costs a socket and a text a second; more of them than people watch a cluster are pages that somebody forgot.
const maxListeners = 64
const noticesAtFirst = 100
// Gathers the flips of several loops, and of one that flips often, into few events; to the eye it is at once.
const soonMs = 50

/** What a listener asked for. */
export interface EventWishes {
  /** Milliseconds between two statuses. */
  readonly every: number
  /** The id of the last notice it has seen. */
  readonly after: number
}

/**
 * Server-sent events: unnamed ones with the status, at the pace that each listener asked for and computed once for all who
 * get it in the same turn; and ones named `notice`, each thing that happened as it happens.
 */
export class StatusEvents {
  readonly #status: () => unknown
  readonly #book: EventBook
  readonly #listeners = new Set<ServerResponse>()
  /** By pace, so that everybody of one pace is served in the same turn. */
  readonly #paces = new Map<number, { readonly members: Set<ServerResponse>; readonly timer: NodeJS.Timeout }>()
  #soonTimer: NodeJS.Timeout | undefined
  #text: string | undefined

  constructor(status: () => unknown, book: EventBook) {
    this.#status = status
    this.#book = book
    book.read((event) => {
      this.#send(this.#listeners, noticeText(event))
      // A crash is told and seen together.
      this.soon()
    })
  }

  /**
   * Takes over a response; the status and the latest notices follow at once.
   * @throws ClusterError UNAVAILABLE where too many listen already; the response is untouched then
   */
  add(response: ServerResponse, { every, after }: EventWishes): void {
    if (this.#listeners.size >= maxListeners) {
      throw new ClusterError(
        'UNAVAILABLE',
        `${maxListeners} listeners follow this cluster already; close a console that nobody watches, or ask GET /api/status`,
      )
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      connection: 'keep-alive',
    })
    response.write(this.#statusText() + this.#book.latest(noticesAtFirst, after).map(noticeText).join(''))
    this.#listeners.add(response)
    this.#join(response, every)
    response.on('close', () => this.#remove(response, every))
  }

  /** Something changed that listeners should see before their time is up. */
  soon(): void {
    if (this.#listeners.size === 0) return
    this.#soonTimer ??= setTimeout(() => {
      this.#soonTimer = undefined
      this.#send(this.#listeners, this.#statusText())
    }, soonMs)
  }

  close(): void {
    for (const response of this.#listeners) response.end()
    for (const { timer } of this.#paces.values()) clearInterval(timer)
    this.#paces.clear()
    clearTimeout(this.#soonTimer)
  }

  #join(response: ServerResponse, every: number): void {
    const pace = this.#paces.get(every)
    if (pace !== undefined) return void pace.members.add(response)
    const members = new Set([response])
    this.#paces.set(every, { members, timer: setInterval(() => this.#send(members, this.#statusText()), every) })
  }

  #remove(response: ServerResponse, every: number): void {
    this.#listeners.delete(response)
    const pace = this.#paces.get(every)
    if (pace?.members.delete(response) !== true || pace.members.size > 0) return
    clearInterval(pace.timer)
    this.#paces.delete(every)
  }

  #send(to: ReadonlySet<ServerResponse>, text: string): void {
    for (const response of to) {
      if (response.writableLength > maxBufferedBytes) response.destroy()
      else response.write(text)
    }
  }

  #statusText(): string {
    if (this.#text === undefined) {
      this.#text = `data: ${JSON.stringify(this.#status())}\n\n`
      setImmediate(() => (this.#text = undefined))
    }
    return this.#text
  }
}

const noticeText = (event: ClusterEvent): string => `event: notice\nid: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`

const paces = { least: 250, most: 10_000, usual: 1_000 }

/**
 * What a request for events asks for. A `Last-Event-ID` that is no number of ours counts as none: it is the browser's
 * memory of another server, not an operator's mistake.
 * @throws ClusterError BAD_REQUEST where `every` is no pace
 */
export function readWishes(query: { readonly every?: unknown }, lastEventId: unknown): EventWishes {
  const { every = String(paces.usual) } = query
  const ms = typeof every === 'string' && /^\d{1,5}$/.test(every) ? Number(every) : 0
  if (ms < paces.least || ms > paces.most)
    throw new ClusterError(
      'BAD_REQUEST',
      `every is ${JSON.stringify(every)}; accepted: milliseconds between two statuses, ${paces.least} to ${paces.most}`,
    )
  return { every: ms, after: typeof lastEventId === 'string' && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : 0 }
}
