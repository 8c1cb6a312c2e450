import http from 'node:http'

import { onTestFinished } from 'vitest'

import { EventReader, type ServerSentEvent } from '../../cli/event-reader.ts'
import type { ClusterEvent, ClusterStatus } from '../../core/status.ts'

/** One listener of `/api/events`; it ends with the test. */
export interface Listener {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  /** What came so far. */
  statuses(): ClusterStatus[]
  notices(): ClusterEvent[]
  /** Everything as text: the answer of a refusal. */
  text(): string
  ended(): boolean
  /** Reads nothing more, and keeps the connection. */
  freeze(): void
  leave(): void
}

/** Listens to events as a browser does. */
export function listenTo(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false }, (response) => {
      const reader = new EventReader()
      const events: ServerSentEvent[] = []
      let text = ''
      let ended = false
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => {
          text += chunk
          events.push(...reader.push(chunk))
        })
        .on('error', () => {})
        .on('close', () => (ended = true))
      const named = (name: string) => events.filter((event) => event.name === name).map((event) => JSON.parse(event.data) as unknown)
      resolve({
        status: response.statusCode!,
        headers: response.headers,
        statuses: () => named('message') as ClusterStatus[],
        notices: () => named('notice') as ClusterEvent[],
        text: () => text,
        ended: () => ended,
        freeze: () => void response.pause(),
        leave: () => void request.destroy(),
      })
    })
    request.on('error', reject)
    onTestFinished(() => void request.destroy())
  })
}
