import type { ClusterEvent, ClusterStatus } from '../../core/status.ts'

export interface StreamHandlers {
  /** @param at milliseconds since 1970, by the browser's clock */
  status(status: ClusterStatus, at: number): void
  notice(event: ClusterEvent): void
  /** The stream began, or began again. */
  open(): void
  /** No word from the supervisor: `problem` says more, where more is known. */
  lost(problem: string | undefined): void
}

// Statuses come twice a second: after this long without one something is wrong, also where the connection stands.
const silenceMs = 4_000
const retryMs = 2_000

/** Follows `/api/events` for as long as the page lives. */
export function follow(handlers: StreamHandlers): void {
  const source = new EventSource('/api/events?every=500')
  let watch = 0
  let over = false
  const again = (problem?: string): void => {
    if (over) return
    over = true
    source.close()
    clearTimeout(watch)
    handlers.lost(problem)
    setTimeout(() => follow(handlers), retryMs)
  }
  const heard = (): void => {
    clearTimeout(watch)
    watch = setTimeout(() => void again(), silenceMs)
  }
  heard()
  source.addEventListener('open', () => handlers.open())
  source.addEventListener('message', (event) => {
    heard()
    handlers.status(JSON.parse(event.data as string) as ClusterStatus, performance.timeOrigin + event.timeStamp)
  })
  source.addEventListener('notice', (event: MessageEvent) => {
    heard()
    handlers.notice(JSON.parse(event.data as string) as ClusterEvent)
  })
  source.addEventListener('error', () => {
    // A browser tries again by itself unless it was refused; then it also tells no reason, so another request must.
    if (source.readyState !== EventSource.CLOSED) return handlers.lost(undefined)
    void refusal().then(again)
  })
}

async function refusal(): Promise<string | undefined> {
  try {
    const answer = await fetch('/api/status')
    if (answer.status === 401) return 'the supervisor asks for its token: open the address that it logged at its start'
    if (answer.ok) return undefined
    return ((await answer.json()) as { message?: string }).message
  } catch {
    return undefined
  }
}
