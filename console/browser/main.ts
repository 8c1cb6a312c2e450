import type { ClusterStatus } from '../../core/status.ts'
import { Actions } from './actions.ts'
import { apartSign, apartText } from './apart.ts'
import { history } from './api.ts'
import { balancersTable } from './balancers-table.ts'
import { Charts } from './charts.ts'
import { countersOf, samplesOf, viewOf } from './cluster-view.ts'
import { Diagram } from './diagram.ts'
import { byId, setAttribute, setText } from './dom.ts'
import { EventsList } from './events-list.ts'
import { showConnection, showHeader, themeButton } from './header.ts'
import { historySamples } from './history.ts'
import { Holds } from './holds.ts'
import { Lives } from './lives.ts'
import { loopsTable } from './loops-table.ts'
import { Notices } from './notices.ts'
import { Rates } from './rates.ts'
import { RoutesTable } from './routes-table.ts'
import { Samples } from './samples.ts'
import { follow } from './stream.ts'
import { Toasts } from './toasts.ts'
import { WorkersCard } from './workers-card.ts'

// What is known.
const rates = new Rates()
const holds = new Holds()
const lives = new Lives()
const samples = new Samples()
const notices = new Notices()

// What is shown.
const actions = new Actions(new Toasts(byId('toasts')))
const diagram = new Diagram(byId('diagram'))
const workers = new WorkersCard(byId('scale-of-time'), byId('workers'), byId('workers-note'))
const charts = new Charts(samples)
const loops = loopsTable(byId('loops'), actions)
const balancers = balancersTable(byId('balancers'))
const routes = new RoutesTable(byId('routes'), byId('routes-more'))
const events = new EventsList(byId('events'), byId('announcer'))

let latest: ReturnType<typeof viewOf> | undefined
let latestAt = 0
let chartsAreOld = false
let frame = 0

/** Draws what is latest when the browser next draws anyway, however many statuses came since; never in a tab nobody sees. */
function drawSoon(): void {
  if (frame === 0) frame = requestAnimationFrame(draw)
}

function draw(): void {
  frame = 0
  if (latest === undefined) return
  actions.loops = latest.status.loops.length
  showHeader(latest)
  diagram.show(latest)
  const apart = apartText(latest.apart)
  setText(byId('apart'), apart === '' ? '' : `${apartSign} ${apart}`)
  setAttribute(byId('apart'), 'data-pool', String(latest.apart.workers.length > 0))
  workers.show(latest, lives.queue, latestAt)
  loops.show(latest.loops)
  balancers.show(latest.balancers)
  routes.show(latest.routes)
  events.show(notices.newestFirst)
  if (chartsAreOld) charts.show()
  chartsAreOld = false
}

function take(status: ClusterStatus, at: number): void {
  rates.add(at, countersOf(status))
  lives.update(
    at,
    status.loops,
    status.balancers.reduce((sum, { queued }) => sum + queued, 0),
  )
  latest = viewOf(status, (counter) => rates.of(counter), holds.update(at, status.loops), lives)
  latestAt = at
  if (samples.add({ at, values: samplesOf(latest) })) chartsAreOld = true
  showConnection(true)
  drawSoon()
}

/** What happened before the page was opened, or while it had no connection. */
async function recall(): Promise<void> {
  try {
    const past = await history()
    samples.recall(historySamples(past, samples.at.at(-1)))
    chartsAreOld = true
    drawSoon()
  } catch {
    // The charts then begin with this page; that the supervisor does not answer is said elsewhere.
  }
}

follow({
  status: take,
  notice: (event) => {
    notices.add(event)
    drawSoon()
  },
  open: () => {
    rates.clear()
    lives.clear()
    void recall()
  },
  lost: (problem) => showConnection(false, problem),
})
themeButton()
byId('reload').addEventListener('click', () => void actions.reload())
byId('scale').addEventListener('click', () => void actions.scale())
new ResizeObserver(drawSoon).observe(byId('diagram'))
