import { Duplex } from 'node:stream'

/** What net.Socket has beside a Duplex and a virtual socket has nothing to do for. */
export abstract class SocketSurface extends Duplex {
  get connecting(): boolean {
    return false
  }

  get pending(): boolean {
    return false
  }

  get readyState(): string {
    if (this.readable) return this.writable ? 'open' : 'readOnly'
    return this.writable ? 'writeOnly' : 'closed'
  }

  /** Only the balancer knows; undefined, as on a unix socket. */
  get localAddress(): undefined {
    return undefined
  }

  get localPort(): undefined {
    return undefined
  }

  address(): object {
    return {}
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  resetAndDestroy(): this {
    return this.destroy()
  }
}
