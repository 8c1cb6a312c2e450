import type { RouteName } from '../../core/status.ts'
import type { Notices } from './notices.ts'

// More of them are said to be more.
const maxNamed = 3

/** Tells when a loop is kept for blocking routes, and when it is not any more. */
export class IsolationWatch {
  readonly #notices: Notices
  readonly #blocking: () => readonly RouteName[]
  readonly #apart = new Set<string>()

  /** @param blocking the routes that block, as far as they are known */
  constructor(notices: Notices, blocking: () => readonly RouteName[]) {
    this.#notices = notices
    this.#blocking = blocking
  }

  /** The process that serves as this loop has reported. */
  heard(loop: string, isolated: boolean): void {
    if (isolated === this.#apart.has(loop)) return
    if (isolated) this.#apart.add(loop)
    else this.#apart.delete(loop)
    const message = isolated ? `loop ${loop} is kept for blocking routes${named(this.#blocking())}` : `loop ${loop} serves everything again`
    this.#notices.tell({ kind: 'isolate', severity: 'info', loop, message })
  }

  /** The loop is gone for good. */
  forget(loop: string): void {
    this.#apart.delete(loop)
  }
}

function named(routes: readonly RouteName[]): string {
  if (routes.length === 0) return ''
  const names = routes.slice(0, maxNamed).map(({ method, route }) => `${method} ${route}`)
  const more = routes.length > maxNamed ? ` and ${routes.length - maxNamed} more` : ''
  return ` (${names.join(', ')}${more})`
}
