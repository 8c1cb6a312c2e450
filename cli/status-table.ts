import type { LoopState } from '../core/messages.ts'
import type { ClusterStatus } from '../core/status.ts'

import { bytesText, secondsText } from './amounts.ts'
import { blockingRouteLines, holdingText } from './blocking-routes.ts'
import { plainText } from './plain-text.ts'
import { type Cell, renderTable, right } from './table.ts'
import { type Colour, paint } from './terminal.ts'

type ShownState = LoopState | 'blocked'

const stateColours: Readonly<Record<ShownState, Colour>> = {
  ready: 'green',
  starting: 'yellow',
  draining: 'cyan',
  dead: 'red',
  blocked: 'red',
}

/** A status for people. With the one before it, requests are shown as a rate instead of a sum. */
export function statusLines(status: ClusterStatus, before: ClusterStatus | undefined, hasColours: boolean): string[] {
  const elapsed = before === undefined ? 0 : status.uptimeSeconds - before.uptimeSeconds
  const requests = requestCell(elapsed)
  const requestsColumn = right(elapsed > 0 ? 'REQ/S' : 'REQUESTS')
  // Only while there is something to say: the columns would be the same for all loops nearly always.
  const isSplit = status.loops.some((loop) => loop.isolated)
  const isHeld = status.loops.some((loop) => loop.holding !== undefined)
  const loops = renderTable(
    [
      { title: 'LOOP' },
      right('PID'),
      { title: 'STATE' },
      right('GEN'),
      right('IN FLIGHT'),
      requestsColumn,
      right('UTILIZATION'),
      right('DELAY P99'),
      right('MEMORY'),
      right('RESTARTS'),
      ...(isSplit ? [{ title: 'SERVES' }] : []),
      ...(isHeld ? [{ title: 'HELD BY' }] : []),
    ],
    status.loops.map((loop) => [
      { text: loop.id },
      { text: String(loop.pid) },
      stateCell(loop.blocked ? 'blocked' : loop.state),
      { text: String(loop.generation) },
      { text: String(loop.inFlight) },
      requests(
        loop,
        before?.loops.find((other) => other.id === loop.id && other.pid === loop.pid),
      ),
      { text: `${(loop.utilization * 100).toFixed(0)} %`, colour: loop.utilization >= 0.9 ? 'red' : undefined },
      { text: `${loop.delayP99Ms.toFixed(1)} ms`, colour: loop.delayP99Ms >= 100 ? 'red' : undefined },
      { text: bytesText(loop.rssBytes) },
      { text: String(loop.restarts), colour: loop.restarts > 0 ? 'yellow' : undefined },
      ...(isSplit ? [servesCell(loop.isolated)] : []),
      ...(loop.holding === undefined ? [] : [{ text: holdingText(loop.holding), colour: 'red' as const }]),
    ]),
    hasColours,
  )
  const balancers = renderTable(
    [{ title: 'BALANCER' }, right('PID'), { title: 'STATE' }, right('CONNECTIONS'), right('IN FLIGHT'), right('QUEUED'), requestsColumn],
    status.balancers.map((balancer) => [
      { text: balancer.id },
      { text: String(balancer.pid) },
      stateCell(balancer.state),
      { text: String(balancer.connections) },
      { text: String(balancer.inFlight) },
      { text: String(balancer.queued), colour: balancer.queued > 0 ? 'yellow' : undefined },
      requests(
        balancer,
        before?.balancers.find((other) => other.id === balancer.id && other.pid === balancer.pid),
      ),
    ]),
    hasColours,
  )
  const routes = blockingRouteLines(status, hasColours)
  const parts = [
    [headline(status, hasColours), ...reloadLine(status, hasColours)],
    loops,
    balancers,
    ...(routes.length > 0 ? [routes] : []),
  ]
  return parts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

function headline({ version, model, listen, uptimeSeconds }: ClusterStatus, hasColours: boolean): string {
  return `${paint(`evenloop ${version}`, 'bold', hasColours)}  ${listen}  model ${model}  up ${secondsText(uptimeSeconds)}`
}

function reloadLine({ reload }: ClusterStatus, hasColours: boolean): string[] {
  if (reload.state === 'running') return [paint(`reloading to generation ${reload.generation}`, 'yellow', hasColours)]
  return reload.state === 'failed'
    ? [paint(`the last reload failed: ${plainText(reload.message ?? 'no reason given')}`, 'red', hasColours)]
    : []
}

const stateCell = (state: ShownState): Cell => ({ text: state, colour: stateColours[state] })

const servesCell = (isolated: boolean): Cell => (isolated ? { text: 'blocking routes', colour: 'yellow' } : { text: 'the others' })

const requestCell =
  (elapsed: number) =>
  (now: { readonly requests: number }, before: { readonly requests: number } | undefined): Cell => {
    if (elapsed <= 0) return { text: String(now.requests) }
    // A process that is new since the last status has no rate yet.
    return { text: before === undefined ? '–' : Math.max(0, (now.requests - before.requests) / elapsed).toFixed(0) }
  }
