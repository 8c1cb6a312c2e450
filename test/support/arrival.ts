import http from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A client that sends requests at a constant rate, whatever becomes of those before: a stall shows, as it does
 * to users, where a client that waits for each answer would only slow down.
 */

export interface ArrivalPlan {
  readonly port: number
  /** Requests per second. */
  readonly rate: number
  /** Every n-th request is a POST with a body; the others are GETs. */
  readonly postEvery?: number
  readonly limitMs?: number
}

/** What became of one request. */
export interface Outcome {
  readonly id: string
  readonly method: 'GET' | 'POST'
  /** When it was due, on the clock of performance.now(). */
  readonly dueMs: number
  /** From when it was due until the whole answer was there, or the failure. */
  readonly latencyMs: number
  /** Undefined where no answer came. */
  readonly status: number | undefined
  readonly body: string
  /** The error's code, or why the answer is wrong; undefined for a right answer. */
  readonly failure: string | undefined
  /** True where the connection had served a request before. */
  readonly reused: boolean
  /** The client's own port, which tells connections apart. */
  readonly localPort: number | undefined
}

export interface Arrival {
  /** Requests sent so far. */
  sent(): number
  /** Requests that wait for their outcome. */
  waiting(): number
  /** Connections open now. */
  connections(): number
  /** Stops sending and resolves when every request has an outcome. */
  finish(): Promise<readonly Outcome[]>
}

// No two runs of one test share an id in the ledger.
let runs = 0

/** Starts sending; GET `/get?id=` and POST `/begin?id=` of the ledger app, each answer's body checked. */
export function startArrival(plan: ArrivalPlan): Arrival {
  const { port, rate, postEvery = 3, limitMs = 30_000 } = plan
  // Fewer than the system's queue of connections not yet accepted holds (511): over it the system itself drops and
  // resets connections while the machine is busy, which says nothing of the cluster.
  const agent = new http.Agent({ keepAlive: true, scheduling: 'fifo', maxSockets: 400 })
  const run = (runs += 1)
  const outcomes: Outcome[] = []
  const started = performance.now()
  let sent = 0
  let stopping = false
  let settled: (() => void) | undefined

  const send = (index: number): void => {
    const dueMs = started + (index * 1000) / rate
    const method = index % postEvery === 0 ? 'POST' : 'GET'
    const id = `${run}-${index}`
    const payload = method === 'POST' ? JSON.stringify({ id, pad: 'x'.repeat(index % 2_000) }) : undefined
    let reused = false
    let localPort: number | undefined
    let done = false
    const settle = (status: number | undefined, body: string, failure: string | undefined): void => {
      if (done) return
      done = true
      outcomes.push({ id, method, dueMs, latencyMs: performance.now() - dueMs, status, body, failure, reused, localPort })
      if (stopping && outcomes.length === sent) settled?.()
    }
    const request = http.request({
      agent,
      host: '127.0.0.1',
      port,
      method,
      path: `${method === 'POST' ? '/begin' : '/get'}?id=${id}`,
      headers: payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
      timeout: limitMs,
    })
    request.on('socket', (socket) => {
      reused = request.reusedSocket
      const remember = (): void => void (localPort = (socket.address() as AddressInfo).port)
      if (socket.connecting) socket.once('connect', remember)
      else remember()
    })
    request.on('timeout', () => request.destroy(Object.assign(new Error('no answer in time'), { code: 'TIMEOUT' })))
    request.on('error', (error: NodeJS.ErrnoException) => settle(undefined, '', error.code ?? error.message))
    request.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('error', (error: NodeJS.ErrnoException) => settle(response.statusCode, body, error.code ?? error.message))
      response.on('end', () => settle(response.statusCode, body, wrong(response.statusCode, body, id, payload)))
    })
    request.end(payload)
  }

  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) * rate) / 1000)
    while (sent < due) {
      send(sent)
      sent += 1
    }
  }, 4)

  return {
    sent: () => sent,
    waiting: () => sent - outcomes.length,
    connections: () =>
      [...Object.values(agent.sockets), ...Object.values(agent.freeSockets)].reduce((sum, each) => sum + (each?.length ?? 0), 0),
    finish: async () => {
      clearInterval(timer)
      stopping = true
      if (outcomes.length < sent) await new Promise<void>((resolve) => (settled = resolve))
      agent.destroy()
      return outcomes
    },
  }
}

function wrong(status: number | undefined, body: string, id: string, payload: string | undefined): string | undefined {
  if (status !== 200) return `status ${status}`
  try {
    const answer = JSON.parse(body) as { id?: string; bytes?: number }
    if (answer.id !== id) return `the answer of ${answer.id}`
    return payload === undefined || answer.bytes === Buffer.byteLength(payload) ? undefined : `${answer.bytes} bytes of the body arrived`
  } catch {
    return 'the body is no JSON'
  }
}

export const failures = (outcomes: readonly Outcome[]): Outcome[] => outcomes.filter((outcome) => outcome.failure !== undefined)
