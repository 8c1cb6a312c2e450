import { apartText } from './apart.ts'
import type { ClusterView, LoopView } from './cluster-view.ts'
import { layout, type Layout } from './diagram-layout.ts'
import { setAttribute, setText } from './dom.ts'
import { fit } from './format.ts'
import { BalancerBox, ClientsBox } from './front-box.ts'
import { LoopBox } from './loop-box.ts'
import { svg } from './svg.ts'

interface Drawing {
  /** What it was drawn for: another cluster or another width needs another one. */
  readonly of: string
  readonly root: SVGSVGElement
  readonly clients: ClientsBox
  readonly balancers: ReadonlyMap<string, BalancerBox>
  readonly loops: ReadonlyMap<string, LoopBox>
  readonly wires: readonly { readonly loop: string | undefined; readonly element: SVGPathElement }[]
}

/** The cluster as it is: clients, balancers, loops with their open tasks, and what flows between them. */
export class Diagram {
  readonly #place: HTMLElement
  #drawing: Drawing | undefined

  constructor(place: HTMLElement) {
    this.#place = place
  }

  show(view: ClusterView): void {
    const drawing = this.#drawn(view)
    drawing.clients.show(view.totals.connections)
    for (const each of view.balancers) drawing.balancers.get(each.balancer.id)?.show(each)
    for (const each of view.loops) drawing.loops.get(each.loop.id)?.show(each)
    const busy = new Set(view.loops.filter(isBusy).map(({ loop }) => loop.id))
    for (const { loop, element } of drawing.wires) {
      setAttribute(element, 'class', (loop === undefined ? busy.size > 0 : busy.has(loop)) ? 'wire busy' : 'wire')
    }
    const { loops, balancers } = view
    const apart = apartText(view.apart)
    setAttribute(
      drawing.root,
      'aria-label',
      `${balancers.length} ${balancers.length === 1 ? 'balancer' : 'balancers'} before ${loops.length} ${loops.length === 1 ? 'loop' : 'loops'}. ${apart === '' ? '' : `${apart}. `}The tables below say the same in figures`,
    )
  }

  #drawn({ status, groups }: ClusterView): Drawing {
    const width = Math.max(280, this.#place.clientWidth)
    const subject = { balancers: status.balancers.map(({ id }) => id), groups }
    const of = JSON.stringify([width, subject])
    if (this.#drawing?.of === of) return this.#drawing
    this.#drawing = draw(of, layout(width, subject))
    this.#place.replaceChildren(this.#drawing.root)
    return this.#drawing
  }
}

const isBusy = ({ loop, perSecond }: LoopView): boolean => loop.state !== 'dead' && (loop.inFlight > 0 || perSecond > 0)

function draw(of: string, plan: Layout): Drawing {
  const { width, height, size } = plan
  const root = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' })
  // Wires lie below boxes, and those of single loops above the common ones.
  const wires = plan.wires.map(({ loop, path }) => ({ loop, element: svg('path', { class: 'wire', d: path }) }))
  const clients = new ClientsBox(plan.clients)
  const balancers = new Map([...plan.balancers].map(([id, box]) => [id, new BalancerBox(id, box)]))
  const loops = new Map([...plan.loops].map(([id, box]) => [id, new LoopBox(box, size)]))
  for (const { kind, title, box } of plan.frames) {
    const { x, y, width, height } = box
    const text = svg('text', { class: 'group-title', x: x + 10, y: y + 17 })
    setText(text, fit(title, Math.floor((width - 16) / 6.6)))
    const group = svg('g', { class: `group ${kind}` })
    group.append(svg('rect', { class: 'group-frame', x, y, width, height, rx: 12 }), text)
    root.append(group)
  }
  root.append(...wires.map(({ element }) => element), clients.element)
  for (const { element } of [...balancers.values(), ...loops.values()]) root.append(element)
  return { of, root, clients, balancers, loops, wires }
}
