import http from 'node:http'

import { RunError } from '../core/errors.ts'
import type { ClusterStatus } from '../core/status.ts'

import { findAdminAddress } from '../config/admin-address.ts'

import type { Call } from './command.ts'
import { EventReader } from './event-reader.ts'

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Nothing that speaks HTTP is at the admin address (any more). */
export class NoClusterError extends RunError {}

/** Speaks to the admin API of a running cluster. */
export class AdminClient {
  /** `http://HOST:PORT` */
  readonly url: string

  constructor(address: string) {
    this.url = `http://${address}`
  }

  /** @throws RunError when no cluster answers */
  async status(): Promise<ClusterStatus> {
    const { status, body } = await this.#exchange('GET', '/api/status')
    if (status !== 200 || !('loops' in body)) throw this.#stranger(status)
    return body as unknown as ClusterStatus
  }

  /**
   * Asks for an operation; resolves with whatever the cluster answers, a refusal too.
   * @throws RunError when no cluster answers
   */
  async post(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return await this.#exchange('POST', path, JSON.stringify(body))
  }

  /**
   * One status a second until the cluster ends or `signal` aborts.
   * @throws RunError when no cluster answers
   */
  async *events(signal: AbortSignal): AsyncGenerator<ClusterStatus, void, void> {
    const response = await this.#request('GET', '/api/events', undefined, signal)
    if (response.statusCode !== 200) {
      response.resume()
      throw this.#stranger(response.statusCode ?? 0)
    }
    const reader = new EventReader()
    try {
      for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
        for (const data of reader.push(chunk)) yield JSON.parse(data) as ClusterStatus
      }
    } catch (error) {
      // A connection that ends without a farewell is how a stream of events ends.
      if (!signal.aborted && (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
    }
  }

  async #exchange(method: string, path: string, body?: string): Promise<Answer> {
    const response = await this.#request(method, path, body)
    let text = ''
    try {
      for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) text += chunk
    } catch (error) {
      throw this.#unreachable(error as NodeJS.ErrnoException)
    }
    try {
      const parsed: unknown = JSON.parse(text)
      if (typeof parsed === 'object' && parsed !== null)
        return { status: response.statusCode ?? 0, body: parsed as Record<string, unknown> }
    } catch {
      // What is no JSON did not come from a cluster.
    }
    throw this.#stranger(response.statusCode ?? 0)
  }

  #request(method: string, path: string, body?: string, signal?: AbortSignal): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
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
}

/** The client for the cluster that a command line means. */
export async function adminOf({ args, env, cwd }: Call): Promise<AdminClient> {
  const flag = args.own.get('--admin')?.at(-1)
  return new AdminClient(await findAdminAddress({ flag, env, cwd, configFile: args.own.get('--config')?.at(-1) }))
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
