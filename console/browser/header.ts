import type { ClusterView } from './cluster-view.ts'
import { byId, setAttribute, setText } from './dom.ts'
import { count, duration, linkTo, millis, rate } from './format.ts'
import { currentTheme, nextTheme } from './theme.ts'
import { verdictOf } from './verdict.ts'

/** The page's head: what this cluster is, whether the page is live, and the cluster's figures in one line. */
export function showHeader(view: ClusterView): void {
  const { status, totals } = view
  const link = byId('listen') as HTMLAnchorElement
  setText(link, status.listen)
  const href = linkTo(status.listen, location.hostname)
  if (href === undefined) link.removeAttribute('href')
  else setAttribute(link, 'href', href)
  const { model, autoscale } = status
  setText(byId('model'), autoscale === undefined ? model : `${model}, ${autoscale.min} to ${autoscale.max} loops`)
  setText(byId('version'), status.version)
  setText(byId('uptime'), duration(status.uptimeSeconds))
  setText(byId('generation'), count(status.reload.generation))

  tile('loops', `${totals.ready}/${status.loops.length}`, 'ready', totals.ready < status.loops.length ? 'warn' : '')
  tile('rate', rate(totals.perSecond), `${count(totals.connections)} connections`, '')
  tile('flight', count(totals.inFlight), `${count(totals.queued)} queued`, totals.queued > 0 ? 'warn' : '')
  const { delayP99Ms } = totals
  tile('delay', millis(delayP99Ms), delayP99Ms === undefined ? 'one task each' : 'p99, slowest loop', (delayP99Ms ?? 0) >= 100 ? 'bad' : '')
  tile('shed', count(totals.shed), growing(totals.shedPerSecond), totals.shedPerSecond > 0 ? 'bad' : '')
  tile('errors', count(totals.errors), growing(totals.errorsPerSecond), totals.errorsPerSecond > 0 ? 'bad' : '')

  const verdict = verdictOf(view)
  const place = byId('verdict')
  place.className = verdict.level
  setText(place, `${{ good: '●', warn: '▲', bad: '■' }[verdict.level]} ${verdict.text}`)
  const title = verdict.level === 'bad' ? `■ ${verdict.text}` : `${rate(totals.perSecond)} req/s`
  if (document.title !== `${title} · evenloop`) document.title = `${title} · evenloop`
}

/** @param problem why there is no answer, where that is known */
export function showConnection(live: boolean, problem?: string): void {
  const place = byId('connection')
  place.className = live ? 'pill good' : 'pill bad'
  setText(place, live ? '● live' : `▲ ${problem ?? 'no answer from the supervisor; trying again'}`)
  // What is shown is old then, and should look so.
  setAttribute(document.documentElement, 'data-live', String(live))
}

export function themeButton(): void {
  const button = byId('theme')
  const show = (): void => setText(button, `Theme: ${currentTheme()}`)
  button.addEventListener('click', () => {
    nextTheme()
    show()
  })
  show()
}

const growing = (perSecond: number): string => (perSecond > 0 ? `+${rate(perSecond)}/s now` : 'since the start')

function tile(id: string, value: string, note: string, level: string): void {
  const place = byId(`tile-${id}`)
  setAttribute(place, 'data-level', level)
  setText(place.querySelector('.figure')!, value)
  setText(place.querySelector('.note')!, note)
}
