import type { LoopStatus } from '../../core/status.ts'
import type { Actions } from './actions.ts'
import { apartSign } from './apart.ts'
import { paintCondition } from './condition.ts'
import type { LoopView } from './cluster-view.ts'
import { button, make, setText } from './dom.ts'
import { bytes, count, duration, millis, percent, rate } from './format.ts'
import { LiveTable } from './table.ts'

export function loopsTable(table: HTMLElement, actions: Actions): LiveTable<LoopView> {
  return new LiveTable<LoopView>(table, {
    empty: 'No loop yet.',
    key: ({ loop }) => loop.id,
    attributes: ({ loop, condition }) => ({ id: `loop-${loop.id}`, 'data-condition': condition, tabindex: '-1' }),
    columns: [
      { title: 'Loop', text: ({ loop }) => loop.id },
      { title: 'State', paint: (cell, { condition }) => paintCondition(cell, condition) },
      { title: 'Utilization', numeric: true, paint: paintUtilization },
      { title: 'Delay p99', numeric: true, text: ({ loop }) => millis(loop.delayP99Ms) },
      { title: 'In flight', numeric: true, text: ({ loop }) => heldText(loop) },
      { title: 'Requests/s', numeric: true, text: ({ perSecond }) => rate(perSecond) },
      { title: 'Task', numeric: true, text: ({ past }) => millis(past?.recent?.taskMs) },
      { title: 'Age', numeric: true, text: ({ loop }) => (loop.uptimeSeconds === 0 ? '–' : duration(loop.uptimeSeconds)) },
      { title: 'Memory', numeric: true, text: ({ loop }) => bytes(loop.rssBytes) },
      { title: 'Heap', numeric: true, text: ({ loop }) => bytes(loop.heapUsedBytes) },
      { title: 'Restarts', numeric: true, text: ({ loop }) => count(loop.restarts) },
      { title: 'Generation', numeric: true, text: ({ loop }) => count(loop.generation) },
      { title: 'Serves', text: ({ loop }) => servesText(loop) },
      { title: 'Process', numeric: true, text: ({ loop }) => processText(loop) },
      { title: 'Actions', paint: (cell, { loop }) => paintActions(cell, loop.id, actions) },
    ],
  })
}

const heldText = ({ inFlight, concurrency }: LoopStatus): string =>
  `${count(inFlight)}${concurrency === 0 ? '' : ` of ${count(concurrency)}`}`

const servesText = ({ isolated, forBlocking }: LoopStatus): string => (isolated || forBlocking ? `${apartSign} blocking` : 'all routes')

const processText = ({ pid, thread }: LoopStatus): string => `${pid === 0 ? '–' : pid}${thread === undefined ? '' : ` · t${thread}`}`

function paintUtilization(cell: HTMLTableCellElement, { loop }: LoopView): void {
  if (cell.firstElementChild === null) {
    const bar = make('span', 'bar')
    bar.append(make('span'))
    cell.append(bar, make('span', 'value'))
  }
  const [bar, value] = cell.children as unknown as [HTMLElement, HTMLElement]
  const fill = bar.firstElementChild as HTMLElement
  fill.style.width = `${Math.round(Math.min(1, loop.utilization) * 100)}%`
  fill.className = loop.utilization >= 0.9 ? 'full' : ''
  setText(value, percent(loop.utilization))
}

function paintActions(cell: HTMLTableCellElement, id: string, actions: Actions): void {
  if (cell.firstElementChild !== null) return
  const group = make('div', 'buttons')
  group.append(
    button('Replace', `Replace loop ${id}`, () => actions.replace(id)),
    button('Profile', `CPU profile of loop ${id} over 5 seconds`, (pressed) => void actions.profile(id, pressed)),
    button('Heap', `Heap snapshot of loop ${id}; it stands still while the snapshot is taken`, (pressed) => void actions.heap(id, pressed)),
  )
  cell.append(group)
}
