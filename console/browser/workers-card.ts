import type { ClusterView, LoopView } from './cluster-view.ts'
import { make, setAttribute, setText } from './dom.ts'
import { count } from './format.ts'
import { type Drawn, fullOf, stripHeight, stripOf, stripWidth } from './life-strip.ts'
import { lifeText } from './life-text.ts'
import type { Span } from './lives.ts'
import { ScaleOfTime } from './scale-of-time.ts'
import { svg } from './svg.ts'
import { loopName } from './worker-groups.ts'

const crowd = 12

/** One worker, or the queue: a name, the last half minute as a strip, and the same in words. */
class Row {
  readonly element = make('li')
  readonly #name = make('span', 'worker-name')
  readonly #text = make('span', 'worker-text')
  readonly #lives = svg('path', { class: 'life' })
  readonly #seen = svg('path', { class: 'seen' })
  readonly #open = svg('path', { class: 'open' })
  readonly #cuts = svg('path', { class: 'cuts' })

  constructor() {
    const strip = svg('svg', {
      class: 'strip',
      viewBox: `0 0 ${stripWidth} ${stripHeight}`,
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    })
    strip.append(this.#seen, this.#open, this.#cuts, this.#lives)
    this.element.append(this.#name, strip, this.#text)
  }

  show(name: string, text: string, paths: ReturnType<typeof stripOf>): void {
    setText(this.#name, name)
    setText(this.#text, text)
    setAttribute(this.#lives, 'd', paths.lives)
    setAttribute(this.#seen, 'd', paths.seen)
    setAttribute(this.#open, 'd', paths.open)
    setAttribute(this.#cuts, 'd', paths.cuts)
  }
}

/** Workers that live long, and the tasks that pass through them: what waits stands first, then each worker in its group. */
export class WorkersCard {
  readonly #place: HTMLElement
  readonly #note: HTMLElement
  readonly #scale: ScaleOfTime
  readonly #queue = new Row()
  #rows = new Map<string, Row>()
  #of = ''

  constructor(scale: HTMLElement, place: HTMLElement, note: HTMLElement) {
    this.#scale = new ScaleOfTime(scale)
    this.#place = place
    this.#note = note
    this.#queue.element.className = 'queue'
  }

  /** @param queue what waited in the balancers lately @param now milliseconds of the page's clock */
  show(view: ClusterView, queue: readonly Span[], now: number): void {
    this.#scale.show(view.loops)
    this.#arrange(view)
    const { queued } = view.totals
    const waits = queued === 0 ? 'nothing waits' : `${count(queued)} ${queued === 1 ? 'waits' : 'wait'} for a place`
    this.#queue.show('queue', waits, stripOf({ lives: [], spans: queue, seenFrom: now }, now, fullOf([{ spans: queue }])))
    const unlimited = view.loops.filter(({ loop }) => loop.concurrency === 0)
    const full = fullOf(unlimited.flatMap(({ past }) => past ?? []))
    for (const each of view.loops) this.#showLoop(each, full, now)
    setText(
      this.#note,
      unlimited.length === 0 ? '' : `A bar of a loop without a limit is full at ${count(full)} ${full === 1 ? 'task' : 'tasks'}.`,
    )
  }

  #showLoop(view: LoopView, full: number, now: number): void {
    const { loop, condition } = view
    const row = this.#rows.get(loop.id)
    if (row === undefined) return
    setAttribute(row.element, 'data-condition', condition)
    row.show(
      loopName(loop),
      lifeText(view, this.#rows.size > crowd),
      stripOf(withHold(view, now), now, loop.concurrency === 0 ? full : loop.concurrency),
    )
  }

  /** Lists of the groups, kept as long as these are the same. */
  #arrange({ groups }: ClusterView): void {
    const of = JSON.stringify(groups)
    if (of === this.#of) return
    this.#of = of
    this.#rows = new Map(groups.flatMap((group) => group.loops.map((id) => [id, this.#rows.get(id) ?? new Row()])))
    const first = make('ol', 'workers')
    first.append(this.#queue.element)
    const lists = groups.flatMap(({ kind, title, loops }) => {
      const list = make('ol', this.#rows.size > crowd ? 'workers many' : 'workers')
      list.append(...loops.map((id) => this.#rows.get(id)!.element))
      return title === '' ? [list] : [make('h3', kind, title), list]
    })
    this.#place.replaceChildren(first, ...lists)
  }
}

/** A loop that is held tells of its tasks only afterwards: until then it holds what it held, and a worker its one task. */
function withHold({ loop, hold, past }: LoopView, now: number): Drawn {
  const last = past?.spans.at(-1)
  if (past === undefined) return { lives: [], spans: [], seenFrom: now }
  if (hold?.now !== true) return past
  const from = Math.max(last?.to ?? -Infinity, now - hold.forMs)
  const open = loop.concurrency === 1 ? 1 : Math.max(1, last?.open ?? 1)
  return { ...past, spans: [...past.spans, { from, to: now, open, begun: 0 }] }
}
