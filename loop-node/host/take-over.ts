import http from 'node:http'
import net from 'node:net'

import { RunError } from '../../core/errors.ts'
import { askedAddress, pretendedAddress } from './asked-address.ts'
import type { Doors } from './doors.ts'
import type { Front } from './front.ts'
import { leaveLimitsToBalancer } from './own-timeouts.ts'
import { listenPrivately, servedAddress, type ServeTarget } from '../serve-target.ts'

export interface TakenServer {
  readonly server: http.Server
  /** Where it serves, as ADDRESSes with real ports. */
  readonly addresses: readonly string[]
  /** How to reach it from this process. */
  readonly target: ServeTarget
  /** Ends listening on every address; connections go on. */
  stop(): void
  /** The same for all but the first address, where the app itself closes its server. */
  stopFurther(): void
}

export interface TakeOver {
  /** Settles when the taken server listens; rejects when it cannot. */
  readonly listening: Promise<TakenServer>
  readonly server: () => http.Server | undefined
  /** Only this server is taken from now on, instead of the first that listens. */
  claim(server: http.Server): void
  /** Other servers that were seen, for the message when none could be taken. */
  readonly others: readonly string[]
}

interface Options {
  readonly targets: readonly ServeTarget[]
  /** What the program is told that it listens on; undefined where unknown. */
  readonly publicAddress: { host: string; port: number } | undefined
  /** False where only a claimed server is taken: then the app's other servers are never mistaken for it. */
  readonly takeFirst: boolean
  readonly front: Front
  readonly doors: Doors
  readonly warn: (message: string) => void
}

/**
 * Replaces `listen` of every server in this process: the app's HTTP server listens where the balancer expects
 * it, and believes to listen where it asked to. Other servers keep out of the way of the other loops.
 */
export function takeOverListen(options: Options): TakeOver {
  const original = net.Server.prototype.listen as (this: net.Server, ...args: unknown[]) => net.Server
  const { promise, resolve, reject } = deferred<TakenServer>()
  const others: string[] = []
  let claimed: http.Server | undefined
  let taken: http.Server | undefined
  let pretended: ReturnType<typeof pretendedAddress> = ''

  const take = (server: http.Server, args: readonly unknown[]): void => {
    taken = server
    const asked = askedAddress(args)
    leaveLimitsToBalancer(server)
    const [door, ...furtherDoors] = options.targets.map(options.doors)
    options.front.attach(server, door)
    pretended = pretendedAddress(asked, options.publicAddress)
    // Servers beyond the first address hand their connections to the one that the app knows.
    const extra = furtherDoors.map((further) =>
      net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        if (further === undefined) options.front.admit(socket)
        else further.receive(socket)
      }),
    )
    const all: readonly net.Server[] = [server, ...extra]
    const realAddress = (one: net.Server): ReturnType<net.Server['address']> => Reflect.apply(net.Server.prototype.address, one, [])
    let waiting = all.length
    for (const [index, one] of all.entries()) {
      const target = options.targets[index]!
      one.prependOnceListener('error', (error) => reject(listenError(servedAddress(target), error)))
      one.prependOnceListener('listening', () => {
        if (--waiting > 0) return
        const ports = all.map((each) => portOf(realAddress(each)))
        const addresses = options.targets.map((each, at) => servedAddress(each, ports[at]))
        const first = options.targets[0]!
        const target = 'path' in first ? first : { ...first, port: ports[0]! }
        resolve({ server, addresses, target, stop: () => close(all), stopFurther: () => close(extra) })
      })
    }
    server.address = () => pretended
    onListening(server, args)
    for (const [index, one] of all.entries()) {
      const target = options.targets[index]!
      listenPrivately(target, () => void Reflect.apply(original, one, [target]))
    }
  }

  /** A server that need not listen: the same app on a further address, as Fastify does for ::1 beside 127.0.0.1. */
  const pretend = (server: net.Server, args: readonly unknown[]): void => {
    server.address = () => pretended
    onListening(server, args)
    process.nextTick(() => server.emit('listening'))
  }

  const divert = (server: net.Server, args: readonly unknown[]): unknown => {
    const { port, path } = askedAddress(args)
    others.push(describe(server, port, path))
    if (port === undefined || port === 0) return Reflect.apply(original, server, args)
    options.warn(`the app opens a further server on port ${port}; every loop opens one, so each gets a free port instead`)
    onListening(server, args)
    return Reflect.apply(original, server, [{ ...(typeof args[0] === 'object' ? args[0] : {}), port: 0, host: askedAddress(args).host }])
  }

  const listen = function (this: net.Server, ...args: unknown[]): net.Server {
    const plainHttp = this instanceof http.Server
    if (plainHttp && taken === undefined && (claimed === undefined ? options.takeFirst : claimed === this)) take(this, args)
    else if (this === taken || (plainHttp && taken !== undefined && isSamePort(args, pretended))) pretend(this, args)
    else if (plainHttp || isTls(this)) divert(this, args)
    else Reflect.apply(original, this, args)
    return this
  }
  net.Server.prototype.listen = listen as typeof net.Server.prototype.listen

  return {
    listening: promise,
    server: () => taken,
    claim: (server) => {
      claimed = server
    },
    others,
  }
}

function close(servers: readonly net.Server[]): void {
  for (const server of servers) if (server.listening) server.close()
}

function onListening(server: net.Server, args: readonly unknown[]): void {
  const callback = args.at(-1)
  if (typeof callback === 'function') server.once('listening', callback as () => void)
}

function isSamePort(args: readonly unknown[], pretended: ReturnType<typeof pretendedAddress>): boolean {
  const { port } = askedAddress(args)
  return typeof pretended === 'object' && port !== undefined && port !== 0 && port === pretended.port
}

// http2.createSecureServer and https.createServer end in tls.Server, which is loaded only by apps that use it.
const isTls = (server: net.Server): boolean => 'setSecureContext' in server

function describe(server: net.Server, port: number | undefined, path: string | undefined): string {
  return `${isTls(server) ? 'a TLS server' : 'an HTTP server'} on ${path ?? `port ${port ?? 0}`}`
}

const portOf = (address: ReturnType<net.Server['address']>): number => (typeof address === 'object' && address !== null ? address.port : 0)

function listenError(address: string, error: Error): RunError {
  return new RunError(`cannot serve on ${address}: ${error.message}; choose another address with --serve`)
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  // The failure is read by whoever awaits `listening`, which may be later than it happens.
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}
