import { apartSign } from './apart.ts'
import type { LoopView } from './cluster-view.ts'
import { conditions, conditionText } from './condition.ts'
import type { Box, Layout } from './diagram-layout.ts'
import { setAttribute, setText } from './dom.ts'
import { count, fit, millis, percent, rate } from './format.ts'
import { routesText, type Hold } from './holds.ts'
import { SlotMark, type SlotPlace } from './slot-mark.ts'
import { squares, svg } from './svg.ts'
import { loopName } from './worker-groups.ts'

/** Where things lie in a box of this size. */
interface Plan {
  /** Radius and middle of the ring; none in the smallest boxes, whose ground fills instead. */
  readonly ring: { readonly r: number; readonly x: number; readonly y: number } | undefined
  readonly marks: { readonly x: number; readonly y: number; readonly rows: number }
  /** Of a worker with one place; the smallest boxes give it their whole width. */
  readonly slot: { readonly width: number; readonly height: number; readonly word: SlotPlace['word'] }
  readonly pad: number
  readonly character: number
}

const plans: Readonly<Record<Layout['size'], Plan>> = {
  large: {
    ring: { r: 20, x: 34, y: 54 },
    marks: { x: 68, y: 37, rows: 4 },
    slot: { width: 30, height: 33, word: 'long' },
    pad: 12,
    character: 6.9,
  },
  medium: {
    ring: { r: 15, x: 26, y: 46 },
    marks: { x: 50, y: 33, rows: 3 },
    slot: { width: 24, height: 24, word: 'short' },
    pad: 10,
    character: 6.7,
  },
  small: { ring: undefined, marks: { x: 8, y: 24, rows: 1 }, slot: { width: 0, height: 7, word: 'none' }, pad: 8, character: 6.4 },
}

/**
 * One loop of the diagram: a ring that fills as the loop is busy, and its open tasks as squares beside it. While a handler
 * holds the loop one square runs and the others can only wait: these are hollow, and the handler's name stands below. Where the
 * loop has a limit, places that are free are drawn too; a worker that has only one place shows it large.
 */
export class LoopBox {
  readonly element: SVGGElement
  readonly #box: Box
  readonly #plan: Plan
  readonly #size: Layout['size']
  readonly #name: SVGTextElement
  readonly #state: SVGTextElement
  readonly #fill: SVGElement
  readonly #share: SVGTextElement | undefined
  #slot: SlotMark | undefined
  readonly #places = svg('path', { class: 'place' })
  readonly #running = svg('path', { class: 'task' })
  readonly #waiting = svg('path', { class: 'task waiting' })
  readonly #more = svg('text', { class: 'more' })
  readonly #foot: SVGTextElement
  readonly #tip = svg('title')

  constructor(box: Box, size: Layout['size']) {
    this.#box = box
    this.#size = size
    const plan = (this.#plan = plans[size])
    const { width, height } = box
    this.element = svg('g', { class: `loop ${size}`, transform: `translate(${box.x} ${box.y})` })
    this.#name = svg('text', { class: 'name', x: plan.pad, y: size === 'small' ? 16 : 20 })
    this.#state = svg('text', { class: 'state', x: width - plan.pad, y: size === 'small' ? 16 : 20 })
    this.#foot = svg('text', { class: 'foot', x: plan.pad, y: height - (size === 'small' ? 9 : 11) })
    const frame = svg('rect', { class: 'frame', width, height, rx: 9 })
    this.element.append(this.#tip, frame)
    if (plan.ring === undefined) {
      this.#fill = svg('rect', { class: 'level', x: 1, width: width - 2, rx: 8 })
      this.element.append(this.#fill)
    } else {
      const { r, x, y } = plan.ring
      // The path's length is called 100, so that a share is a dash. The ring begins at the top.
      const ring = { cx: x, cy: y, r, pathLength: 100, transform: `rotate(-90 ${x} ${y})` }
      this.#fill = svg('circle', { ...ring, class: 'ring' })
      this.#share = svg('text', { class: 'share', x, y: y + 4 })
      this.element.append(svg('circle', { ...ring, class: 'ring ground' }), this.#fill, this.#share)
    }
    this.element.append(this.#places, this.#running, this.#waiting, this.#more, this.#name, this.#state, this.#foot)
  }

  show(view: LoopView): void {
    const { loop, condition, hold, perSecond } = view
    const held = condition === 'blocked'
    setAttribute(this.element, 'data-condition', condition)
    setAttribute(this.element, 'data-held', hold === undefined || condition === 'busy' ? 'no' : held ? 'now' : 'recent')
    setAttribute(this.element, 'data-busy', String(loop.utilization >= 0.9 && loop.concurrency !== 1))
    const name = this.#size === 'small' ? loop.id : loopName(loop)
    setText(this.#name, loop.isolated || loop.forBlocking ? `${name} ${apartSign}` : name)
    setText(this.#state, this.#size === 'small' ? conditions[condition] : conditionText(condition))
    this.#showShare(loop.utilization)
    if (loop.concurrency === 1) this.#showSlot(condition === 'busy' ? 1 : takenOf(view))
    else this.#showTasks(loop.inFlight, loop.concurrency, held)
    const calm = this.#size === 'small' ? `${rate(perSecond)}/s` : `${rate(perSecond)} req/s · ${millis(loop.delayP99Ms)}`
    const text = hold === undefined ? calm : this.#holdText(hold)
    setText(this.#foot, condition === 'dead' ? 'starts again' : text)
    setText(this.#tip, tipOf(view))
  }

  // The time keeps its place; the route gives way.
  #holdText({ routes, forMs, now }: Hold): string {
    const route = routes === undefined ? 'silent' : routesText(routes)
    const room = Math.floor((this.#box.width - 2 * this.#plan.pad) / this.#plan.character)
    const time = millis(forMs)
    // A hollow square as in the table of routes: it is over.
    const mark = now ? '' : '□ '
    return this.#size === 'small' ? fit(`${mark}${route}`, room) : `${mark}${fit(route, room - mark.length - time.length - 2)} ${time}`
  }

  #showShare(utilization: number): void {
    const share = Math.min(1, Math.max(0, utilization))
    if (this.#share === undefined) {
      const height = Math.round(share * (this.#box.height - 2))
      setAttribute(this.#fill, 'y', String(this.#box.height - 1 - height))
      setAttribute(this.#fill, 'height', String(height))
      return
    }
    setAttribute(this.#fill, 'stroke-dasharray', `${Math.round(share * 100)} 100`)
    setText(this.#share, `${Math.round(share * 100)}${this.#size === 'large' ? '%' : ''}`)
  }

  #showSlot(taken: number): void {
    if (this.#slot === undefined) {
      const { marks, slot, pad } = this.#plan
      const width = slot.width === 0 ? this.#box.width - 2 * pad : slot.width
      this.#slot = new SlotMark({ x: marks.x, y: marks.y, width, height: slot.height, word: slot.word })
      this.element.append(this.#slot.element)
    }
    this.#slot.show(taken)
  }

  /** @param places how many it may hold at once; 0: no limit */
  #showTasks(tasks: number, places: number, held: boolean): void {
    const { x, y, rows } = this.#plan.marks
    const room = this.#box.width - x - this.#plan.pad
    const columns = Math.floor((room + 3) / 9)
    const all = columns * rows
    // The number of those that have no room takes the last row's end.
    const shown = tasks <= all ? tasks : all - 4
    setAttribute(this.#places, 'd', places === 0 ? '' : squares(shown, Math.min(places, all), columns, x + 0.5, y + 0.5, 5))
    const running = held ? Math.min(1, shown) : shown
    setAttribute(this.#running, 'd', squares(0, running, columns, x, y))
    // Hollow squares are drawn by a line, half of which lies outside.
    setAttribute(this.#waiting, 'd', squares(running, shown, columns, x + 0.5, y + 0.5, 5))
    setText(this.#more, tasks > shown ? `+${count(tasks - shown)}` : '')
    setAttribute(this.#more, 'x', String(this.#box.width - this.#plan.pad))
    setAttribute(this.#more, 'y', String(y + rows * 9 - 2))
  }
}

/** How much of the last seconds its place was taken, 0 to 1. Where a loop does not tell, the balance of this moment has to do. */
const takenOf = ({ loop, past }: LoopView): number => (loop.state === 'dead' ? 0 : (past?.recent?.open ?? loop.inFlight))

function tipOf({ loop, condition, hold, perSecond }: LoopView): string {
  const held =
    hold === undefined
      ? ''
      : `\n${hold.now ? `held for ${millis(hold.forMs)} so far` : `held for ${millis(hold.forMs)} just now`} by ${routesText(hold.routes)}`
  const kept = loop.isolated || loop.forBlocking ? '\nkept for routes that block' : ''
  return `${loopName(loop)}: ${condition}${kept}${held}\nutilization ${percent(loop.utilization)}, delay p99 ${millis(loop.delayP99Ms)}\n${count(loop.inFlight)} open requests, ${rate(perSecond)} requests a second`
}
