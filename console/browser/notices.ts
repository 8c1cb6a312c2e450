import type { ClusterEvent } from '../../core/status.ts'

/** What happened, newest first, bounded. */
export class Notices {
  readonly #limit: number
  #list: ClusterEvent[] = []

  constructor(limit = 200) {
    this.#limit = limit
  }

  get newestFirst(): readonly ClusterEvent[] {
    return this.#list
  }

  /** Takes an event once, however often it is told: after a lost connection some come again. Returns whether it was new. */
  add(event: ClusterEvent): boolean {
    if (this.#list.some(({ id, at }) => id === event.id && at === event.at)) return false
    const place = this.#list.findIndex(({ at, id }) => at < event.at || (at === event.at && id < event.id))
    const index = place === -1 ? this.#list.length : place
    if (index >= this.#limit) return false
    this.#list.splice(index, 0, event)
    if (this.#list.length > this.#limit) this.#list.pop()
    return true
  }
}

/** Told by a sign and a word, since not everyone sees the colour. */
export const severities: Readonly<Record<ClusterEvent['severity'], { readonly sign: string; readonly word: string }>> = {
  info: { sign: '●', word: 'Info' },
  warning: { sign: '▲', word: 'Warning' },
  error: { sign: '✖', word: 'Error' },
}
