import { mkdtempSync, rmSync } from 'node:fs'
import http, { type RequestListener, type Server } from 'node:http'
import net, { type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Value } from 'typebox/value'
import { afterAll, afterEach } from 'vitest'

import { Settings } from '../../config/schema.ts'
import type { Address } from '../../core/address.ts'
import { writeMetrics } from '../../core/metrics/exposition.ts'
import type { BalancerReport } from '../../core/messages.ts'
import { createLog } from '../../core/log.ts'
import { systemClock, systemRng } from '../../core/sources.ts'
import type { EndpointIdentity } from '../../proxy/balancing/endpoint.ts'
import { Proxy } from '../../proxy/proxy.ts'
import { connectRaw, type RawClient } from './raw.ts'
import { until } from './wait.ts'

type Section = 'link' | 'timeouts' | 'limits' | 'retry' | 'health' | 'sticky' | 'isolation' | 'rateLimit'
/** What a test sets of the settings; the rest are the defaults. */
export type SomeSettings = Partial<Omit<Settings, Section>> & { readonly [Name in Section]?: Partial<Settings[Name]> }

/** A server behind the balancer. */
export interface Upstream {
  readonly address: Address
  /** Connections that are open now. */
  readonly sockets: ReadonlySet<Socket>
  /** How many connections have been made. */
  connections(): number
  /** Refuses connections from now on and cuts those that are open. */
  close(): Promise<void>
}

export interface ProxyOptions {
  readonly upstreams: readonly Upstream[]
  readonly settings?: SomeSettings
  /** What is special about the endpoints, by their place. */
  readonly endpoints?: readonly Partial<EndpointIdentity>[]
  /** Kept until the file's tests are over. */
  readonly shared?: boolean
}

/** A real balancer in the process of the test. */
export interface InProcessProxy {
  readonly proxy: Proxy
  readonly port: number
  /** The keys of draining endpoints that it holds nothing on any more. */
  readonly released: readonly string[]
  report(): BalancerReport
  /** The sum of the samples of a metric whose labels contain this text. */
  metric(name: string, labels?: string): Promise<number>
  /** A client that is gone when the test is over. */
  connect(): Promise<RawClient>
  /** Sends bytes on a connection of their own and resolves with all that is answered, once the connection is over. */
  exchange(bytes: string, limitMs?: number): Promise<string>
  /** Waits until no ticket is open, nobody is queued and no tunnel is left. */
  idle(): Promise<void>
}

type End = () => Promise<void> | void
const ends: Record<'test' | 'file', End[]> = { test: [], file: [] }
const endAll = async (list: End[]): Promise<void> => {
  // The last begun first: clients before the balancer, the balancer before what is behind it.
  for (const end of list.splice(0).reverse()) await end()
}
afterEach(() => endAll(ends.test))
afterAll(() => endAll(ends.file))

let unixCount = 0
let folder: string | undefined

function unixPath(): string {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'evl-'))
    const made = folder
    ends.file.unshift(() => {
      rmSync(made, { recursive: true, force: true })
      folder = undefined
    })
  }
  return join(folder, `${(unixCount += 1)}.sock`)
}

interface Placed {
  /** Listens on TCP instead of a unix socket. */
  readonly tcp?: boolean
  readonly shared?: boolean
}

/** Makes any server an upstream: listens, and is closed after the test. */
export async function placeServer(server: net.Server, { tcp = false, shared = false }: Placed = {}): Promise<Upstream> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  const path = unixPath()
  await new Promise<void>((resolve) => (tcp ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve)))
  const address: Address = tcp
    ? { lane: 'http', kind: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port }
    : { lane: 'http', kind: 'unix', path }
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  ends[shared ? 'file' : 'test'].push(close)
  return { address, sockets, connections: () => connections, close }
}

/** An HTTP server behind the balancer that behaves as a loop of ours does: it never closes an idle connection. */
export async function startApp(listener: RequestListener | Server, placed?: Placed): Promise<Upstream> {
  const server = typeof listener === 'function' ? http.createServer(listener) : listener
  server.keepAliveTimeout = 0
  return placeServer(server, placed)
}

/** An upstream that answers with exactly these bytes, once a request header has come; a pause between the parts. */
export async function startBytes(...parts: readonly (string | ((socket: Socket) => void))[]): Promise<Upstream> {
  return placeServer(
    net.createServer((socket) => {
      let received = ''
      socket.on('data', async (chunk) => {
        received += chunk.toString('latin1')
        if (!received.includes('\r\n\r\n')) return
        received = ''
        for (const part of parts) {
          if (typeof part === 'string') socket.write(Buffer.from(part, 'latin1'))
          else part(socket)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      })
    }),
    // A reset exists on TCP only.
    { tcp: true },
  )
}

/** Starts a balancer on a free port, with these servers as ready loops of ours. */
export async function startProxy(options: ProxyOptions): Promise<InProcessProxy> {
  const released: string[] = []
  const proxy = new Proxy({
    options: {
      id: '0',
      supervised: false,
      listen: '',
      upstreams: [],
      balancers: 1,
      outputFd: 1,
      settings: settingsOf(options.settings ?? {}),
    },
    clock: systemClock,
    rng: systemRng,
    log: createLog('silent', 'test'),
    onSilence: () => {},
    onReleased: (endpoint) => released.push(endpoint.key),
  })
  const { port } = await proxy.listen({ host: '127.0.0.1', port: 0 })
  proxy.apply(options.upstreams.map((upstream, index) => identityOf(upstream, index, options.endpoints?.[index])))
  const list = ends[options.shared === true ? 'file' : 'test']
  list.push(() => proxy.drain(0))
  const connect = async (): Promise<RawClient> => {
    const client = await connectRaw(port)
    list.push(() => void client.socket.destroy())
    return client
  }
  return {
    proxy,
    port,
    released,
    connect,
    report: () => proxy.report(),
    metric: async (name, labels = '') => {
      const lines = writeMetrics(proxy.metrics.read(), 'text')
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) && line.includes(labels))
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
    },
    exchange: async (bytes, limitMs) => {
      const client = await connect()
      client.send(bytes)
      return client.closed(limitMs)
    },
    idle: () =>
      until('nothing under way', () => {
        const { inFlight, queued, endpoints } = proxy.report()
        return inFlight === 0 && queued === 0 && Object.values(endpoints).every((count) => count === 0)
      }).then(() => {}),
  }
}

export const identityOf = (upstream: Upstream, index: number, more: Partial<EndpointIdentity> = {}): EndpointIdentity => ({
  key: `k${index}`,
  loop: `l${index}`,
  address: upstream.address,
  node: true,
  cap: 0,
  state: 'ready',
  ...more,
})

function settingsOf(some: SomeSettings): Settings {
  const sections = {
    timeouts: {},
    limits: {},
    retry: {},
    health: {},
    sticky: {},
    restart: {},
    link: {},
    accessLog: {},
    isolation: {},
    rateLimit: {},
  }
  return Value.Default(Settings, { ...sections, ...structuredClone(some) }) as Settings
}

/** A request without a body, as bytes. */
export const get = (path: string, ...fields: string[]): string => [`GET ${path} HTTP/1.1`, 'Host: a', ...fields, '', ''].join('\r\n')

/** The same, on a connection that ends with the answer. */
export const lastGet = (path: string, ...fields: string[]): string => get(path, 'Connection: close', ...fields)

/** A POST whose body has this length. */
export const post = (path: string, body: string, ...fields: string[]): string =>
  [`POST ${path} HTTP/1.1`, 'Host: a', `Content-Length: ${Buffer.byteLength(body)}`, ...fields, '', body].join('\r\n')

/** A promise and what fulfils it. */
export function signal<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((fulfil) => (resolve = fulfil))
  return { promise, resolve }
}
