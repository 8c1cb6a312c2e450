import { randomBytes } from 'node:crypto'
import net, { type NetConnectOpts, type Socket } from 'node:net'
import tls, { type ConnectionOptions } from 'node:tls'

import { handshakeMs } from './greeting.ts'
import { DialHandshake } from './handshake.ts'
import { nonceBytes } from './proof.ts'

interface DialHttpOptions {
  readonly to: NetConnectOpts
  /** Undefined where TLS is not spoken. */
  readonly tls: ConnectionOptions | undefined
  /** Undefined where the loop asks for none. */
  readonly secret: string | undefined
  /** The dialer's name, for the loop's log. */
  readonly id: string
}

/** Nothing of a request has left: like an error of connect(2), and marked as one. */
class DialError extends Error {
  override readonly name = 'DialError'
  readonly syscall = 'connect'
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}

// The loop cannot say it: without TLS in common there is no way to.
const reasonOf = (reason: string, { tls: speaksTls }: DialHttpOptions): string =>
  speaksTls === undefined
    ? `${reason}; where the loop has a certificate, set link.ca of the balancer`
    : `${reason}; the loop must have a certificate (link.cert) that link.ca of the balancer has signed`

/**
 * Opens a connection over which HTTP can be spoken to a loop that asks for TLS or a secret. Calls back once, within
 * `handshakeMs`; the socket is as new then.
 */
export function dialHttp(options: DialHttpOptions, done: (error: NodeJS.ErrnoException | null, socket: Socket) => void): void {
  const socket = options.tls === undefined ? net.connect(options.to) : tls.connect({ ...options.to, ...options.tls })
  socket.setNoDelay(true)
  const handshake =
    options.secret === undefined
      ? undefined
      : new DialHandshake({ id: options.id, mode: 'http', keepAliveMs: 0, secret: options.secret }, randomBytes(nonceBytes))

  const finish = (error: NodeJS.ErrnoException | null): void => {
    clearTimeout(deadline)
    socket.off('data', read).off('end', closed).off('error', failed).off('close', closed)
    if (error !== null) {
      // What comes behind the first error says nothing more, and must not end the process.
      socket.on('error', () => {})
      socket.destroySoon()
    }
    done(error, socket)
    // Behind the listeners of who got it, which http.request adds in the next tick.
    if (error === null) socket.resume()
  }
  const failed = (error: NodeJS.ErrnoException): void =>
    finish(error.syscall === 'connect' ? error : new DialError(reasonOf(error.message, options), error.code ?? 'EPROTO'))
  const closed = (): void => finish(new DialError(reasonOf('the connection was closed during the handshake', options), 'ECONNRESET'))
  const read = (bytes: Buffer): void => {
    const at = handshake!.read(bytes, 0, bytes.length)
    const reply = handshake!.takeReply()
    if (reply !== undefined) socket.write(reply)
    if (handshake!.state === 'refused') finish(new DialError(handshake!.refusal!.message, 'EPROTO'))
    if (handshake!.state !== 'accepted') return
    socket.pause()
    if (at < bytes.length) socket.unshift(bytes.subarray(at))
    finish(null)
  }
  const opened = (): void => {
    if (handshake === undefined) return finish(null)
    socket.on('data', read)
    socket.write(handshake.first)
  }
  const deadline = setTimeout(() => {
    finish(new DialError(`no connection and handshake within ${handshakeMs} ms`, 'ETIMEDOUT'))
    socket.destroy()
  }, handshakeMs)
  socket.on('end', closed).on('error', failed).on('close', closed)
  socket.once(options.tls === undefined ? 'connect' : 'secureConnect', opened)
}
