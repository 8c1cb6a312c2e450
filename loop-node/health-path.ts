import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import { dialHttp } from '../link/dial-http.ts'
import type { LinkSecurity } from '../link/security.ts'
import { type Guard, guardOf } from './link/guard.ts'
import type { ServeTarget } from './serve-target.ts'

const pauseMs = 50
const probeMs = 5_000

/** Asks for the path until it answers 2xx or 3xx; it never gives up, but says what it waits for. */
export async function untilHealthy(
  target: ServeTarget,
  path: string,
  security: LinkSecurity,
  stage: (waitingFor: () => string) => void,
): Promise<void> {
  const guard = guardOf(target, security)
  let last = 'none yet'
  stage(() => `health.path ${path} to answer 2xx or 3xx; the last answer was ${last}`)
  for (;;) {
    const answer = await ask(target, path, guard)
    if (answer.good) return
    last = answer.said
    await sleep(pauseMs)
  }
}

function ask(target: ServeTarget, path: string, { secret, tls }: Guard): Promise<{ good: boolean; said: string }> {
  return new Promise((resolve) => {
    const request = http.get({
      createConnection: (_, opened) => {
        // It is this process that it speaks to: there is nobody to be checked.
        dialHttp({ to: target, tls: tls && { rejectUnauthorized: false }, secret, id: 'health.path' }, opened)
        return undefined
      },
      path,
      timeout: probeMs,
      headers: { host: 'localhost', connection: 'close' },
    })
    request.once('response', (response) => {
      const status = response.statusCode ?? 0
      response.resume()
      resolve({ good: status >= 200 && status < 400, said: String(status) })
    })
    request.once('timeout', () => request.destroy(new Error(`none within ${probeMs} ms`)))
    request.once('error', (error) => resolve({ good: false, said: error.message }))
  })
}
