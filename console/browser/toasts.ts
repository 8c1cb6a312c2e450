import { button, make } from './dom.ts'

const shownMs = 8_000

/** Says how something ended, at the page's edge. Good news goes by itself; a failure stays until it is dismissed. */
export class Toasts {
  readonly #place: HTMLElement

  constructor(place: HTMLElement) {
    this.#place = place
  }

  say(text: string, failed = false): void {
    const toast = make('div', failed ? 'toast bad' : 'toast')
    // An alert is read out at once, a status when there is time.
    toast.setAttribute('role', failed ? 'alert' : 'status')
    toast.append(
      make('span', '', `${failed ? '✖' : '✓'} ${text}`),
      button('✕', 'Dismiss', () => toast.remove()),
    )
    this.#place.append(toast)
    if (!failed) setTimeout(() => toast.remove(), shownMs)
    while (this.#place.childElementCount > 4) this.#place.firstElementChild!.remove()
  }
}
