import type { BalancerView } from './cluster-view.ts'
import { paintCondition } from './condition.ts'
import { count, rate } from './format.ts'
import { LiveTable } from './table.ts'

export function balancersTable(table: HTMLElement): LiveTable<BalancerView> {
  return new LiveTable<BalancerView>(table, {
    empty: 'No balancer yet.',
    key: ({ balancer }) => balancer.id,
    columns: [
      { title: 'Balancer', text: ({ balancer }) => balancer.id },
      { title: 'State', paint: (cell, { balancer }) => paintCondition(cell, balancer.state) },
      { title: 'Connections', numeric: true, text: ({ balancer }) => count(balancer.connections) },
      { title: 'In flight', numeric: true, text: ({ balancer }) => count(balancer.inFlight) },
      { title: 'Queued', numeric: true, text: ({ balancer }) => count(balancer.queued) },
      { title: 'Requests/s', numeric: true, text: ({ perSecond }) => rate(perSecond) },
      { title: 'Requests', numeric: true, text: ({ balancer }) => count(balancer.requests) },
      { title: 'Shed', numeric: true, text: ({ balancer }) => count(balancer.shed) },
      { title: 'Retries', numeric: true, text: ({ balancer }) => count(balancer.retries) },
      { title: 'Rescued', numeric: true, text: ({ balancer }) => count(balancer.rescued) },
      { title: 'Errors', numeric: true, text: ({ balancer }) => count(balancer.errors) },
      { title: 'Process', numeric: true, text: ({ balancer }) => (balancer.pid === 0 ? '–' : String(balancer.pid)) },
    ],
  })
}
