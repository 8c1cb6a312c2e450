import http, { type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { consoleAssets, consoleHeaders } from '../../console/assets.ts'
import type { ClusterEvent, ClusterHistory, ClusterStatus } from '../../core/status.ts'

/** An admin API that tells the console what a test wants it to show: what takes an hour, or 64 loops, with a real cluster. */
export interface FakeConsole {
  readonly url: string
  /** What the page asked for, such as `POST /api/reload?wait=1 {}`. */
  readonly asked: readonly string[]
  /** Tells every page a status; resolves when it was sent. */
  tell(status: ClusterStatus): Promise<void>
  notice(event: ClusterEvent): Promise<void>
  /** Breaks off every stream; new ones are refused until `back` is called. */
  vanish(): void
  back(): void
  close(): Promise<void>
}

export async function fakeConsole(first: ClusterStatus, history: ClusterHistory): Promise<FakeConsole> {
  const streams = new Set<ServerResponse>()
  const asked: string[] = []
  let latest = first
  let gone = false
  const server = http.createServer((request, response) => {
    const path = request.url!.split('?', 1)[0]!
    const asset = consoleAssets.get(path)
    if (gone) return void request.socket.destroy()
    if (asset !== undefined) return void response.writeHead(200, { ...consoleHeaders, 'content-type': asset.type }).end(asset.body)
    if (path === '/api/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(message(latest))
      streams.add(response)
      return void response.on('close', () => streams.delete(response))
    }
    if (path === '/api/history') return void response.end(JSON.stringify(history))
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${body}`)
      if (path.includes('loops/1/')) {
        const refused = { error: 'BUSY', message: 'loop 1 is being replaced <b>already</b>' }
        return response.writeHead(409, { 'content-type': 'application/json' }).end(JSON.stringify(refused))
      }
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{"generation":2}')
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const tellAll = async (text: string): Promise<void> => {
    await Promise.all([...streams].map((stream) => new Promise<void>((resolve) => void stream.write(text, () => resolve()))))
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    tell: (status) => tellAll(message((latest = status))),
    notice: (event) => tellAll(`id: ${event.id}\nevent: notice\ndata: ${JSON.stringify(event)}\n\n`),
    vanish: () => {
      gone = true
      server.closeAllConnections()
    },
    back: () => void (gone = false),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

const message = (status: ClusterStatus): string => `data: ${JSON.stringify(status)}\n\n`
