import type { LoopStatus } from '../../core/status.ts'
import type { ClusterView, LoopView } from './cluster-view.ts'
import { routesText } from './holds.ts'
import type { Past } from './lives.ts'
import { loopName } from './worker-groups.ts'

/** The state of the whole in a sentence, and whether someone should look. */
export function verdictOf({ loops, status, totals }: ClusterView): { readonly text: string; readonly level: 'good' | 'warn' | 'bad' } {
  const blocked = loops.flatMap(({ condition, hold }) => (condition === 'blocked' && hold !== undefined ? [hold] : []))
  // What is named first is what an operator can do most about.
  const [first] = blocked.sort((a, b) => Number(b.routes !== undefined) - Number(a.routes !== undefined) || b.forMs - a.forMs)
  if (first !== undefined) {
    const state = first.routes === undefined ? 'silent' : `held by ${routesText(first.routes)}`
    const more = blocked.length > 1 ? `, and ${blocked.length - 1} more blocked` : ''
    return { text: `${capital(nameIn(loops, first.loop))} is ${state}${more}`, level: 'bad' }
  }
  const dead = loops.filter(({ condition }) => condition === 'dead')
  if (dead.length > 0) return { text: `${loopsText(dead)} not running`, level: 'bad' }
  if (status.reload.state === 'running') return { text: `Reload to generation ${status.reload.generation} is under way`, level: 'warn' }
  const others = loops.filter(({ condition }) => condition !== 'ready' && condition !== 'busy')
  if (others.length > 0) return { text: `${loopsText(others)} ${others[0]!.condition}`, level: 'warn' }
  const recent = loops.find(({ hold }) => hold?.now === false)
  if (recent?.hold !== undefined) {
    return { text: `${capital(loopName(recent.loop))} was held by ${routesText(recent.hold.routes)} a moment ago`, level: 'warn' }
  }
  if (status.reload.state === 'failed') return { text: `The last reload failed: ${status.reload.message ?? 'see the log'}`, level: 'warn' }
  const { queued } = totals
  const waiting = queued === 0 ? '' : `, ${queued} ${queued === 1 ? 'request waits' : 'requests wait'}`
  const isFull = queued > 0 && loops.every(({ loop, past }) => loop.concurrency > 0 && isTaken(loop, past))
  return { text: `${calmText(loops)}${isFull ? waiting : ''}`, level: isFull ? 'warn' : 'good' }
}

/** At least half of its places were taken over the last seconds. */
const isTaken = ({ concurrency, inFlight }: LoopStatus, past: Past | undefined): boolean =>
  (past?.recent?.open ?? inFlight) >= concurrency / 2

/** All is well, and how much of it is at work. */
function calmText(loops: readonly LoopView[]): string {
  const free = loops.filter(({ loop }) => loop.concurrency !== 1)
  const workers = loops.length - free.length
  const busy = loops.filter(({ loop, past }) => loop.concurrency === 1 && isTaken(loop, past)).length
  const freeText = free.length === 1 ? 'The loop runs freely' : `All ${free.length} loops run freely`
  if (workers === 0) return freeText
  const workersText = `${busy} of ${workers} ${workers === 1 ? 'worker' : 'workers'} at work`
  return free.length === 0 ? workersText : `${freeText}, ${workersText}`
}

const loopsText = (loops: readonly LoopView[]): string =>
  loops.length === 1 ? `${capital(loopName(loops[0]!.loop))} is` : `${loops.length} loops are`

const nameIn = (loops: readonly LoopView[], id: string): string => loopName(loops.find(({ loop }) => loop.id === id)!.loop)

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
