import type { BalancerDecision, Candidate, Standing } from '../core/decision.ts'

import { plainText } from './plain-text.ts'
import { type Cell, renderTable, right } from './table.ts'
import { type Colour, paint } from './terminal.ts'

const standings: Readonly<Record<Standing, Colour>> = {
  eligible: 'green',
  isolated: 'cyan',
  pool: 'cyan',
  reserved: 'cyan',
  blocking: 'yellow',
  starting: 'yellow',
  draining: 'cyan',
  full: 'yellow',
  silent: 'red',
  ejected: 'red',
  unhealthy: 'red',
  unreachable: 'red',
  dead: 'red',
}

const columns = [
  { title: 'LOOP' },
  { title: 'STANDING' },
  right('IN FLIGHT'),
  right('BLOCKING'),
  right('LIMIT'),
  right('UTILIZATION'),
  right('DELAY'),
  right('LATENCY'),
  { title: '' },
]

/** What one balancer says of a request: what it takes the request for, the loops, and the choice with its reason. */
export function decisionLines(decision: BalancerDecision, hasColours: boolean): string[] {
  const { balancer, route, priority, policy, chosen, reason, queued, candidates } = decision
  const facts = [
    `class ${decision.class}`,
    `route ${route === undefined ? 'not known' : plainText(route)}`,
    `priority ${priority}`,
    `policy ${policy}`,
    `queued ${queued}`,
  ]
  const ordered = candidates.toSorted((a, b) => a.loop.localeCompare(b.loop, 'en', { numeric: true }))
  const rows = ordered.map((candidate) => rowOf(candidate, candidate.loop === chosen && candidate.standing !== 'draining'))
  const choice = chosen === undefined ? 'waits' : `goes to loop ${plainText(chosen)}`
  return [
    paint(`balancer ${plainText(balancer)}`, 'bold', hasColours) + `  ${facts.join('  ')}`,
    ...(rows.length === 0 ? ['no loops'] : renderTable(columns, rows, hasColours)),
    `${paint(choice, 'bold', hasColours)}: ${plainText(reason)}`,
  ]
}

function rowOf({ loop, standing, inFlight, blocking, limit, utilization, delayMs, latencyMs }: Candidate, isChosen: boolean): Cell[] {
  return [
    { text: plainText(loop) },
    { text: standing, colour: standings[standing] },
    { text: String(inFlight) },
    { text: String(blocking) },
    { text: limit === 0 ? '–' : String(limit) },
    { text: utilization === undefined ? '–' : `${(utilization * 100).toFixed(0)} %` },
    { text: delayMs === undefined ? '–' : `${delayMs.toFixed(1)} ms` },
    { text: `${latencyMs.toFixed(1)} ms` },
    { text: isChosen ? '← chosen' : '' },
  ]
}
