import type { LoopView } from './cluster-view.ts'
import { count, duration, millis, percent, rate } from './format.ts'

/** The life of a worker and its tasks in words: `2 h 3 min old · 12,034 tasks · each about 4 ms · holds 3.2`. @param brief what changes alone */
export function lifeText({ loop, condition, past }: LoopView, brief: boolean): string {
  if (condition === 'dead') return 'not running'
  if (condition === 'starting') return 'starts'
  const { tasks, uptimeSeconds } = loop
  const parts = brief ? [] : [`${duration(uptimeSeconds)} old`]
  if (tasks !== undefined && !brief) parts.push(tasks.begun === 1 ? '1 task' : `${count(tasks.begun)} tasks`)
  const recent = past?.recent
  if (recent?.taskMs !== undefined) parts.push(`each about ${millis(recent.taskMs)}`)
  if (recent !== undefined) parts.push(heldText(recent.open, loop.concurrency))
  return parts.join(' · ')
}

function heldText(open: number, places: number): string {
  if (places === 1) return open < 0.005 ? 'free' : `taken ${percent(Math.min(1, open))}`
  return `holds ${rate(open)}${places === 0 ? '' : ` of ${count(places)}`}`
}
