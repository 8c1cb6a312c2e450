import type { BalancerView } from './cluster-view.ts'
import { conditionText } from './condition.ts'
import type { Box } from './diagram-layout.ts'
import { setAttribute, setText } from './dom.ts'
import { count, rate } from './format.ts'
import { squares, svg } from './svg.ts'

const queueRoom = 14

/** The clients of the diagram: those who are connected. */
export class ClientsBox {
  readonly element: SVGGElement
  readonly #count: SVGTextElement

  constructor({ x, y, width, height }: Box) {
    this.element = svg('g', { class: 'clients', transform: `translate(${x} ${y})` })
    const flat = height < 60
    const name = svg('text', { class: 'name', x: flat ? 12 : width / 2, y: flat ? 25 : 30 })
    setText(name, 'clients')
    this.#count = svg('text', { class: 'count', x: flat ? width - 12 : width / 2, y: flat ? 25 : 50 })
    if (flat) setAttribute(this.element, 'data-flat', 'true')
    this.element.append(svg('rect', { class: 'frame', width, height, rx: height / 2 }), name, this.#count)
  }

  show(connections: number): void {
    setText(this.#count, connections === 1 ? '1 connection' : `${count(connections)} ${connections < 1000 ? 'connections' : 'conns'}`)
  }
}

/** A balancer of the diagram, with the requests that wait in its queue as squares. */
export class BalancerBox {
  readonly element: SVGGElement
  readonly #box: Box
  readonly #state: SVGTextElement
  readonly #flow: SVGTextElement
  readonly #queue: SVGTextElement | undefined
  readonly #waiting: SVGPathElement | undefined

  constructor(id: string, box: Box) {
    const { x, y, width, height } = box
    this.#box = box
    this.element = svg('g', { class: 'balancer', transform: `translate(${x} ${y})` })
    const name = svg('text', { class: 'name', x: 12, y: 19 })
    setText(name, `balancer ${id}`)
    this.#state = svg('text', { class: 'state', x: width - 10, y: 19 })
    this.#flow = svg('text', { class: 'foot', x: 12, y: 36 })
    this.element.append(svg('rect', { class: 'frame', width, height, rx: 9 }), name, this.#state, this.#flow)
    if (height < 60) return
    this.#queue = svg('text', { class: 'foot', x: 12, y: 56 })
    this.#waiting = svg('path', { class: 'task waiting' })
    this.element.append(this.#queue, this.#waiting)
  }

  show({ balancer, perSecond }: BalancerView): void {
    const { state, inFlight, queued } = balancer
    setAttribute(this.element, 'data-condition', state)
    setAttribute(this.element, 'data-queue', String(queued > 0))
    // Where there is room for the name alone, the sign has to do.
    setText(this.#state, this.#box.width < 170 ? conditionText(state).slice(0, 1) : conditionText(state))
    setText(this.#flow, `${rate(perSecond)} req/s · ${count(inFlight)} open`)
    if (this.#queue === undefined || this.#waiting === undefined) return
    setText(this.#queue, queued === 0 ? 'queue empty' : `${count(queued)} queued`)
    const shown = Math.min(queued, Math.min(queueRoom, Math.floor((this.#box.width - 22) / 9)))
    setAttribute(this.#waiting, 'd', squares(0, shown, queueRoom, 12.5, 66.5, 5))
  }
}
