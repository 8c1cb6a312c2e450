import type { LoopState } from '../core/messages.ts'
import type { ClusterStatus, LoopStatus, TaskCounts } from '../core/status.ts'

import { bytesText, secondsText } from './amounts.ts'
import { blockingRouteLines, holdingText } from './blocking-routes.ts'
import { plainText } from './plain-text.ts'
import { type Cell, renderTable, right } from './table.ts'
import { type Colour, paint } from './terminal.ts'

type ShownState = LoopState | 'blocked' | 'busy'

const stateColours: Readonly<Record<ShownState, Colour>> = {
  ready: 'green',
  starting: 'yellow',
  draining: 'cyan',
  dead: 'red',
  blocked: 'red',
  busy: 'cyan',
}

/** A status for people. With the one before it, requests are shown as a rate instead of a sum. */
export function statusLines(status: ClusterStatus, before: ClusterStatus | undefined, hasColours: boolean): string[] {
  const elapsed = before === undefined ? 0 : status.uptimeSeconds - before.uptimeSeconds
  const requests = requestCell(elapsed)
  const requestsColumn = right(elapsed > 0 ? 'REQ/S' : 'REQUESTS')
  // Only while there is something to say: the columns would be the same for all loops nearly always.
  const isSplit = status.loops.some((loop) => loop.isolated || loop.forBlocking)
  const isHeld = status.loops.some((loop) => loop.holding !== undefined)
  const hasThreads = status.loops.some((loop) => loop.thread !== undefined)
  // How long workers live and tasks take is told where there are any that have a limit, a process in common or a pool.
  const hasWorkers = hasThreads || status.loops.some((loop) => loop.forBlocking || loop.concurrency > 0)
  const loops = renderTable(
    [
      { title: 'LOOP' },
      right('PID'),
      ...(hasThreads ? [right('THREAD')] : []),
      { title: 'STATE' },
      right('GEN'),
      right('IN FLIGHT'),
      requestsColumn,
      ...(hasWorkers ? [right('TASK'), right('AGE')] : []),
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
      ...(hasThreads ? [{ text: String(loop.thread ?? '–') }] : []),
      stateCell(shownState(loop)),
      { text: String(loop.generation) },
      { text: loop.concurrency === 0 ? String(loop.inFlight) : `${heldBy(loop)}/${loop.concurrency}` },
      requests(loop, earlier(loop, before)),
      ...(hasWorkers ? [{ text: taskText(loop.tasks, earlier(loop, before)?.tasks) }, ageCell(loop.uptimeSeconds)] : []),
      { text: `${(loop.utilization * 100).toFixed(0)} %`, colour: loop.utilization >= 0.9 ? 'red' : undefined },
      { text: `${loop.delayP99Ms.toFixed(1)} ms`, colour: loop.delayP99Ms >= 100 ? 'red' : undefined },
      { text: bytesText(loop.rssBytes) },
      { text: String(loop.restarts), colour: loop.restarts > 0 ? 'yellow' : undefined },
      ...(isSplit ? [servesCell(loop.isolated || loop.forBlocking)] : []),
      ...(loop.holding === undefined ? [] : [{ text: holdingText(loop.holding), colour: isAlone(loop) ? undefined : ('red' as const) }]),
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

function headline({ version, model, listen, uptimeSeconds, autoscale }: ClusterStatus, hasColours: boolean): string {
  const range = autoscale === undefined ? '' : `  loops ${autoscale.min} to ${autoscale.max}`
  return `${paint(`evenloop ${version}`, 'bold', hasColours)}  ${listen}  model ${model}${range}  up ${secondsText(uptimeSeconds)}`
}

function reloadLine({ reload }: ClusterStatus, hasColours: boolean): string[] {
  if (reload.state === 'running') return [paint(`reloading to generation ${reload.generation}`, 'yellow', hasColours)]
  return reload.state === 'failed'
    ? [paint(`the last reload failed: ${plainText(reload.message ?? 'no reason given')}`, 'red', hasColours)]
    : []
}

/** It has one request at a time: nobody waits behind the one that holds it. */
const isAlone = ({ concurrency }: LoopStatus): boolean => concurrency === 1

/** A worker that is busy cannot say so itself: its last report is from before. */
const heldBy = (loop: LoopStatus): number => Math.max(loop.inFlight, isAlone(loop) && (loop.blocked || loop.holding !== undefined) ? 1 : 0)

function shownState(loop: LoopStatus): ShownState {
  if (loop.blocked) return isAlone(loop) ? 'busy' : 'blocked'
  return loop.state
}

const earlier = ({ id, pid, thread }: LoopStatus, before: ClusterStatus | undefined): LoopStatus | undefined =>
  before?.loops.find((other) => other.id === id && other.pid === pid && other.thread === thread)

/** How long a request takes on average, since the status before; of the worker's whole life where there is none, or none came. */
function taskText(now: TaskCounts | undefined, before: TaskCounts | undefined): string {
  if (now === undefined || now.begun === 0) return '–'
  const isNew = before === undefined || now.begun <= before.begun
  const seconds = isNew ? now.openSeconds / now.begun : (now.openSeconds - before.openSeconds) / (now.begun - before.begun)
  return seconds < 10 ? `${(seconds * 1000).toFixed(1)} ms` : secondsText(seconds)
}

const ageCell = (seconds: number): Cell => ({ text: seconds === 0 ? '–' : secondsText(seconds) })

const stateCell = (state: ShownState): Cell => ({ text: state, colour: stateColours[state] })

const servesCell = (blocking: boolean): Cell => (blocking ? { text: 'blocking routes', colour: 'yellow' } : { text: 'the others' })

const requestCell =
  (elapsed: number) =>
  (now: { readonly requests: number }, before: { readonly requests: number } | undefined): Cell => {
    if (elapsed <= 0) return { text: String(now.requests) }
    // A process that is new since the last status has no rate yet.
    return { text: before === undefined ? '–' : Math.max(0, (now.requests - before.requests) / elapsed).toFixed(0) }
  }
