import type { LoopView } from './cluster-view.ts'
import { setAttribute, setText } from './dom.ts'
import { count, duration, millis } from './format.ts'
import { svg } from './svg.ts'
import { marks, middleOf, placeOf, rangeText, type Weighed } from './time-scale.ts'

const axis = 42
const height = 62
// Between the marks, so that three texts stand side by side.
const timesRoom = 330

/** Tasks and workers on one scale of time, one mark each: how long a task takes, and how old the worker is that runs it. */
export class ScaleOfTime {
  readonly #root = svg('svg', { class: 'scale', width: '100%', height, role: 'img' })
  readonly #marks = svg('g')
  readonly #tasks = svg('text', { class: 'scale-tasks', y: 14 })
  readonly #workers = svg('text', { class: 'scale-workers', y: 14 })
  readonly #times = svg('text', { class: 'times', y: 14 })
  readonly #span = svg('line', { class: 'span', y1: axis - 8, y2: axis - 8 })

  constructor(place: HTMLElement) {
    this.#root.append(svg('line', { class: 'axis', x1: '0%', x2: '100%', y1: axis, y2: axis }))
    for (const [ms, name] of marks) {
      const x = `${placeOf(ms)}%`
      const text = svg('text', { class: 'tick', x, y: height - 4 })
      setText(text, name)
      this.#root.append(svg('line', { class: 'axis', x1: x, x2: x, y1: axis - 3, y2: axis + 3 }), text)
    }
    this.#root.append(this.#span, this.#marks, this.#tasks, this.#workers, this.#times)
    place.replaceChildren(this.#root)
  }

  show(loops: readonly LoopView[]): void {
    const living = loops.filter(({ condition }) => condition !== 'dead' && condition !== 'starting')
    // What comes often weighs more: of a pool's few long tasks the typical one is not the middle.
    const tasks = living.flatMap(({ past }) => weighed(past?.recent?.taskMs, past?.recent?.perSecond))
    const ages = living.flatMap(({ loop }) => weighed(loop.uptimeSeconds * 1_000, 1))
    while (this.#marks.childElementCount > tasks.length + ages.length) this.#marks.lastElementChild!.remove()
    tasks.forEach(({ value: ms }, index) => this.#mark(index, 'task', ms, 7))
    ages.forEach(({ value: ms }, index) => this.#mark(tasks.length + index, 'age', ms, 4))
    this.#label(this.#tasks, tasks, tasks.length === 0 ? '' : `a task: ${rangeText(tasks.map(valueOf), millis)}`)
    this.#label(this.#workers, ages, ages.length === 0 ? '' : `a worker: ${rangeText(ages.map(valueOf), (ms) => duration(ms / 1_000))}`)
    const times = this.#compare(middleOf(tasks), middleOf(ages))
    setAttribute(
      this.#root,
      'aria-label',
      tasks.length === 0 ? 'No task has been seen yet' : `${this.#tasks.textContent}; ${this.#workers.textContent}${times}`,
    )
  }

  /** How many times as long as its task a worker lives, as a line between the two; returns the same in words. */
  #compare(task: number | undefined, age: number | undefined): string {
    const comparable = task !== undefined && age !== undefined && task > 0 && age > 10 * task
    const [from, to] = comparable ? [placeOf(task), placeOf(age)] : [0, 0]
    setAttribute(this.#span, 'x1', `${from}%`)
    setAttribute(this.#span, 'x2', `${to}%`)
    setAttribute(this.#times, 'x', `${(from + to) / 2}%`)
    const times = comparable ? `${count(age / task)} times as long` : ''
    setText(this.#times, ((to - from) * this.#root.clientWidth) / 100 < timesRoom ? '' : times)
    return times === '' ? '' : `, ${times}`
  }

  // Two texts at their marks would meet on a telephone.
  #isNarrow(): boolean {
    return this.#root.clientWidth < 700
  }

  #mark(index: number, kind: string, ms: number, width: number): void {
    const mark = (this.#marks.children[index] as SVGRectElement | undefined) ?? this.#marks.appendChild(svg('rect'))
    setAttribute(mark, 'class', `mark ${kind}`)
    setAttribute(mark, 'x', `${placeOf(ms)}%`)
    setAttribute(mark, 'transform', `translate(${-width / 2} 0)`)
    setAttribute(mark, 'width', String(width))
    setAttribute(mark, 'y', String(kind === 'task' ? axis - 12 : axis - 19))
    setAttribute(mark, 'height', String(kind === 'task' ? 7 : 15))
  }

  #label(text: SVGTextElement, values: readonly Weighed[], words: string): void {
    setText(text, words)
    // Near an edge a text must not leave the drawing; where there is little room the two keep to their edges.
    const middle = values.length === 0 ? 0 : placeOf(middleOf(values)!)
    const place = !this.#isNarrow() ? middle : text === this.#tasks ? 0 : 100
    setAttribute(text, 'x', `${place < 15 ? 0 : place > 85 ? 100 : place}%`)
    setAttribute(text, 'text-anchor', place < 15 ? 'start' : place > 85 ? 'end' : 'middle')
  }
}

const weighed = (value: number | undefined, weight = 0): Weighed[] => (value === undefined ? [] : [{ value, weight }])

const valueOf = ({ value }: Weighed): number => value
