import type { ClusterEvent } from '../../core/status.ts'
import { make, setText } from './dom.ts'
import { severities } from './notices.ts'

const dayTime = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })

/** The events, newest first; those that are new are read out by a screen reader when it has time. */
export class EventsList {
  readonly #list: HTMLElement
  readonly #announcer: HTMLElement
  readonly #items = new Map<string, HTMLElement>()
  #announces = false

  constructor(list: HTMLElement, announcer: HTMLElement) {
    this.#list = list
    this.#announcer = announcer
  }

  show(events: readonly ClusterEvent[]): void {
    const fresh = events.filter((event) => !this.#items.has(keyOf(event)))
    for (const event of fresh) this.#items.set(keyOf(event), item(event))
    const elements = events.map((event) => this.#items.get(keyOf(event))!)
    const kept = new Set(events.map(keyOf))
    for (const key of this.#items.keys()) if (!kept.has(key)) this.#items.delete(key)
    if (fresh.length > 0) this.#list.replaceChildren(...elements)
    this.#announce(fresh)
  }

  // What had happened before the page was opened is there to be read, not to be told.
  #announce(fresh: readonly ClusterEvent[]): void {
    const [newest] = fresh
    if (newest !== undefined && this.#announces) {
      const others = fresh.length > 1 ? ` and ${fresh.length - 1} more` : ''
      setText(this.#announcer, `${severities[newest.severity].word}: ${newest.message}${others}`)
    }
    this.#announces = true
  }
}

const keyOf = ({ id, at }: ClusterEvent): string => `${id} ${at}`

function item({ at, kind, severity, message }: ClusterEvent): HTMLElement {
  const element = make('li', severity)
  const { sign, word } = severities[severity]
  const mark = make('span', 'sign', sign)
  mark.title = word
  mark.setAttribute('role', 'img')
  mark.setAttribute('aria-label', word)
  const time = make('time', '', dayTime.format(at))
  time.dateTime = new Date(at).toISOString()
  time.title = new Date(at).toLocaleString()
  element.append(mark, time, make('span', 'kind', kind), make('span', 'message', message))
  return element
}
