import type { RouteView } from './cluster-view.ts'
import { conditions } from './condition.ts'
import { make, setText } from './dom.ts'
import { count, millis, rate } from './format.ts'
import { LiveTable } from './table.ts'

// Those that block least are left out: the table is sorted by what matters.
const shown = 100

export class RoutesTable {
  readonly #table: LiveTable<RouteView>
  readonly #more: HTMLElement

  constructor(table: HTMLElement, more: HTMLElement) {
    this.#more = more
    this.#table = new LiveTable<RouteView>(table, {
      empty: 'No route has been measured yet.',
      key: ({ route }) => `${route.method} ${route.route}`,
      attributes: ({ holds }) => ({ 'data-holds': holdsOf(holds) }),
      columns: [
        { title: 'Route', paint: paintRoute },
        { title: 'Holds now', paint: paintHolds },
        { title: 'Block p50', numeric: true, text: ({ route }) => millis(route.blockingP50Ms) },
        { title: 'Block p99', numeric: true, text: ({ route }) => millis(route.blockingP99Ms) },
        { title: 'Class', text: ({ route, on }) => (on === undefined ? route.class : `${route.class}, ${on}`) },
        { title: 'Requests/s', numeric: true, text: ({ perSecond }) => rate(perSecond) },
        { title: 'Requests', numeric: true, text: ({ route, perSecond }) => (perSecond === undefined ? '–' : count(route.requests)) },
      ],
    })
  }

  show(routes: readonly RouteView[]): void {
    this.#table.show(routes.slice(0, shown))
    setText(this.#more, routes.length > shown ? `and ${routes.length - shown} more that block less` : '')
  }
}

function holdsOf(holds: RouteView['holds']): string {
  if (holds.some(({ now, alone }) => now && !alone)) return 'now'
  if (holds.some(({ alone }) => !alone)) return 'recent'
  return holds.length > 0 ? 'busy' : 'no'
}

function paintRoute(cell: HTMLTableCellElement, { route }: RouteView): void {
  if (cell.firstElementChild !== null) return
  // A star stands for what is no request's: timers, and the start of the app.
  if (route.method !== '*') cell.append(make('span', 'method', route.method), ' ')
  cell.append(make('span', 'route', route.route))
}

/** Which loops it holds, each a link to that loop's row. */
function paintHolds(cell: HTMLTableCellElement, { holds }: RouteView): void {
  // Holds come and go: the links are kept as long as they name the same loops, so that one can be followed.
  const wanted = holds.map(({ loop }) => loop).join(' ')
  if (cell.dataset['loops'] !== wanted) {
    cell.dataset['loops'] = wanted
    cell.replaceChildren(
      ...holds.map(({ loop }) => {
        const link = make('a')
        link.href = `#loop-${loop}`
        return link
      }),
    )
  }
  holds.forEach(({ loop, forMs, now, alone }, index) => {
    const link = cell.children[index] as HTMLElement
    link.className = alone ? 'hold busy' : now ? 'hold now' : 'hold'
    setText(
      link,
      now ? `${conditions[alone ? 'busy' : 'blocked']} ${alone ? 'worker' : 'loop'} ${loop} · ${millis(forMs)}` : `□ loop ${loop}`,
    )
  })
}
