import dns from 'node:dns/promises'
import net from 'node:net'
import { getSystemErrorName } from 'node:util'

import { formatHostPort, parseHostPort } from '../core/address.ts'
import { RunError } from '../core/errors.ts'
import { bindError } from './bind-error.ts'

/** The raw TCP handle of Node; only sent to balancers and closed here. */
interface TcpHandle {
  getsockname(out: { port?: number }): number
  close(): void
}

// Undocumented, and what node:cluster's own primary uses for the same purpose (lib/internal/cluster/shared_handle.js).
// The public ways both fall short: net.Server.listen would accept in the supervisor, and reusePort is missing on Node 20.
type CreateServerHandle = (host: string, port: number, family: 4 | 6) => TcpHandle | number
const createServerHandle = (net as unknown as { _createServerHandle: CreateServerHandle })._createServerHandle

/**
 * The socket that clients connect to. The supervisor holds it bound and never accepts from it: connections wait
 * in it while a balancer is away, and no balancer's death closes it.
 */
export interface SharedListener {
  /** Sent over IPC to each balancer, which listens and accepts on it. */
  readonly handle: net.Server
  readonly host: string
  /** The port in force. */
  readonly port: number
  /** May be called again. */
  close(): void
}

/**
 * Binds `HOST:PORT`.
 * @throws RunError with cause and remedy where it cannot be bound
 */
export async function openSharedListener(listen: string): Promise<SharedListener> {
  const target = parseHostPort(listen)
  if (target === undefined) throw new RunError(`--listen is ${listen}; accepted: HOST:PORT`)
  const { host, port } = target
  const { address, family } = await resolve(host, listen)
  const handle = createServerHandle(address, port, family)
  if (typeof handle === 'number') throw bindError(getSystemErrorName(handle), listen, '--listen')
  const bound: { port?: number } = {}
  const failure = handle.getsockname(bound)
  // bind() of a used port is not always reported until listen(), which would then take a random port: compare, as
  // checkBindError of lib/net.js does.
  if (failure !== 0 || (port !== 0 && bound.port !== port)) {
    handle.close()
    throw bindError(failure === 0 ? 'EADDRINUSE' : getSystemErrorName(failure), listen, '--listen')
  }
  return { handle: handle as unknown as net.Server, host, port: bound.port!, close: () => handle.close() }
}

async function resolve(host: string, listen: string): Promise<{ address: string; family: 4 | 6 }> {
  try {
    const { address, family } = await dns.lookup(host)
    return { address, family: family === 6 ? 6 : 4 }
  } catch (error) {
    throw bindError((error as NodeJS.ErrnoException).code ?? 'ENOTFOUND', listen, '--listen')
  }
}

/** `http://HOST:PORT` for people and for the ready line. */
export const listenUrl = (listener: Pick<SharedListener, 'host' | 'port'>): string =>
  `http://${formatHostPort(listener.host, listener.port)}`
