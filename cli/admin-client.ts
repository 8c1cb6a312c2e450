import http from 'node:http'

import type { BalancerDecision, DecisionQuery } from '../core/decision.ts'
import { RunError } from '../core/errors.ts'
import type { ClusterEvent, ClusterStatus } from '../core/status.ts'

import { type AdminAccess, type AdminToken, findAdmin } from '../config/admin-access.ts'

import type { Call } from './command.ts'
import { EventReader } from './event-reader.ts'

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** What `GET /api/events` tells, one at a time. */
export type AdminEvent = { readonly status: ClusterStatus } | { readonly notice: ClusterEvent }

/** Nothing that speaks HTTP is at the admin address (any more). */
export class NoClusterError extends RunError {}

/** Speaks to the admin API of a running cluster. */
export class AdminClient {
  /** `http://HOST:PORT` */
  readonly url: string
  readonly #token: AdminToken | undefined

  constructor({ address, token }: AdminAccess) {
    this.url = `http://${address}`
    this.#token = token
  }

  /** @throws RunError when no cluster answers */
  async status(): Promise<ClusterStatus> {
    const { status, body } = await this.#exchange('GET', '/api/status')
    if (status !== 200 || !('loops' in body)) throw this.#stranger(status)
    return body as unknown as ClusterStatus
  }

  /**
   * What each balancer would do with this request now.
   * @throws RunError when no cluster answers, or with its own words when it cannot say
   */
  async explain({ method, path, key }: DecisionQuery): Promise<readonly BalancerDecision[]> {
    const query = new URLSearchParams({ method, path, ...(key === undefined ? {} : { key }) })
    const answer = await this.#exchange('GET', `/api/explain?${query}`)
    const { decisions } = accepted(answer)
    if (!Array.isArray(decisions)) throw this.#stranger(answer.status)
    return decisions as BalancerDecision[]
  }

  /**
   * Asks for an operation; resolves with whatever the cluster answers, a refusal too.
   * @throws RunError when no cluster answers
   */
  async post(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return await this.#exchange('POST', path, JSON.stringify(body))
  }

  /**
   * Asks for a file.
   * @throws RunError with the cluster's own words when it was refused or failed
   */
  async download(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<http.IncomingMessage> {
    const response = await this.#request('POST', path, JSON.stringify(body))
    // Also where a stranger answers 200: what it sends is no file that was asked for.
    if (response.statusCode === 200 && response.headers['content-disposition'] !== undefined) return response
    accepted(await this.#read(response))
    throw this.#stranger(response.statusCode ?? 0)
  }

  /**
   * The latest notices, and each status and notice as it comes, until the cluster ends or `signal` aborts.
   * @throws RunError when no cluster answers
   */
  async *events(signal: AbortSignal): AsyncGenerator<AdminEvent, void, void> {
    const response = await this.#request('GET', '/api/events', undefined, signal)
    if (response.statusCode !== 200) {
      accepted(await this.#read(response))
      throw this.#stranger(response.statusCode ?? 0)
    }
    const reader = new EventReader()
    try {
      for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
        for (const { name, data } of reader.push(chunk)) {
          if (name === 'message') yield { status: JSON.parse(data) as ClusterStatus }
          else if (name === 'notice') yield { notice: JSON.parse(data) as ClusterEvent }
        }
      }
    } catch (error) {
      // A connection that ends without a farewell is how a stream of events ends.
      if (!signal.aborted && (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
    }
  }

  async #exchange(method: string, path: string, body?: string): Promise<Answer> {
    return await this.#read(await this.#request(method, path, body))
  }

  async #read(response: http.IncomingMessage): Promise<Answer> {
    const { statusCode: status = 0 } = response
    let text = ''
    try {
      for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) text += chunk
    } catch (error) {
      throw this.#unreachable(error as NodeJS.ErrnoException)
    }
    const body = parseObject(text)
    // What is no JSON did not come from a cluster.
    if (body === undefined) throw this.#stranger(status)
    if (body['error'] === 'UNAUTHORIZED' || body['error'] === 'TOO_MANY_GUESSES') throw this.#shutOut(status)
    return { status, body }
  }

  #request(method: string, path: string, body?: string, signal?: AbortSignal): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token.value}` }),
      }
      // Without an agent: a connection kept alive would keep this process alive too.
      const request = http.request(this.url + path, { method, headers, agent: false, ...(signal === undefined ? {} : { signal }) }, resolve)
      request.on('error', (error: NodeJS.ErrnoException) => reject(signal?.aborted === true ? error : this.#unreachable(error)))
      request.end(body)
    })
  }

  #unreachable(error: NodeJS.ErrnoException): NoClusterError {
    const how = error.code === 'ECONNREFUSED' ? '' : ` (${error.message})`
    const message = `no cluster answers at ${this.url}${how}; is it running? start one with "evenloop start", or name its admin address with --admin`
    return new NoClusterError(message, { cause: error })
  }

  #stranger(status: number): RunError {
    return new RunError(`${this.url} answers with HTTP ${status}, but not as the admin address of a cluster does; name that with --admin`)
  }

  #shutOut(status: number): RunError {
    const remedy = 'EVENLOOP_ADMIN_TOKEN, --admin-token or adminToken in the configuration file; one that was not chosen is in its log'
    if (status === 429) return new RunError(`the cluster at ${this.url} has heard too many wrong tokens from here; wait a minute`)
    if (this.#token === undefined) return new RunError(`the cluster at ${this.url} asks for its admin token; give it by ${remedy}`)
    return new RunError(`the token of ${this.#token.from} is not that of the cluster at ${this.url}; give its own by ${remedy}`)
  }
}

/** The client for the cluster that a command line means. */
export async function adminOf({ args, env, cwd }: Call): Promise<AdminClient> {
  const last = (name: string): string | undefined => args.own.get(name)?.at(-1)
  const given = { addressFlag: last('--admin'), tokenFlag: last('--admin-token'), configFile: last('--config') }
  return new AdminClient(await findAdmin({ ...given, env, cwd }))
}

/**
 * The body of an answer that says that the operation was done or begun.
 * @throws RunError with the cluster's own words when it was refused or failed
 */
export function accepted({ status, body }: Answer): Readonly<Record<string, unknown>> {
  if (status >= 200 && status < 300) return body
  const { message = JSON.stringify(body) } = body
  throw new RunError(`the cluster answers ${status}: ${String(message)}`)
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
