import { setAttribute, setText } from './dom.ts'
import { percent } from './format.ts'
import { svg } from './svg.ts'

/** Where the mark lies in its box, and whether there is room for a word beside it. */
export interface SlotPlace {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly word: 'long' | 'short' | 'none'
}

/** The only place that a sync worker has for a task: free, or taken; filled as far as it was taken over the last seconds. */
export class SlotMark {
  readonly element = svg('g', { class: 'slot' })
  readonly #place: SlotPlace
  readonly #fill = svg('rect', { class: 'task' })
  readonly #word = svg('text', { class: 'foot' })

  constructor(place: SlotPlace) {
    this.#place = place
    const { x, y, width, height, word } = place
    const frame = svg('rect', { class: 'slot-frame', x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1, rx: 3 })
    this.element.append(svg('rect', { class: 'slot-ground', x, y, width, height, rx: 3 }), this.#fill, frame)
    if (word === 'none') return
    setAttribute(this.#word, 'x', String(x + width + 8))
    setAttribute(this.#word, 'y', String(y + height / 2 + 4))
    this.element.append(this.#word)
  }

  /** @param taken 0 to 1 */
  show(taken: number): void {
    const { x, y, width, height, word } = this.#place
    const share = Math.min(1, Math.max(0, taken))
    // From below, as a vessel; where it is flat, from the left.
    const flat = width > 2 * height
    const filled = Math.round((flat ? width : height) * share * 10) / 10
    setAttribute(this.#fill, 'x', String(x))
    setAttribute(this.#fill, 'width', String(flat ? filled : width))
    setAttribute(this.#fill, 'y', String(flat ? y : y + height - filled))
    setAttribute(this.#fill, 'height', String(flat ? height : filled))
    setAttribute(this.#fill, 'rx', filled < 3 ? '0' : '3')
    if (word !== 'none') setText(this.#word, share < 0.005 ? 'free' : `${word === 'long' ? 'taken ' : ''}${percent(share)}`)
  }
}
