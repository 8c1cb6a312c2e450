import type { Settings } from '../../config/schema.ts'
import type { ReplyCode } from '../../core/replies.ts'
import type { Clock, Rng, WallClock } from '../../core/sources.ts'
import type { TrustedAddresses } from '../../core/trusted-addresses.ts'
import { clientBehind } from '../client-behind.ts'
import { AccessEntry } from './entry.ts'
import { accessLine, type Asked } from './line.ts'
import type { LaneName } from '../balancing/ticket.ts'

interface AccessLogParts {
  readonly settings: Pick<Settings['accessLog'], 'mode' | 'sample' | 'query' | 'decision'>
  /** The balancer's id. */
  readonly balancer: string
  readonly trusted: TrustedAddresses
  readonly clock: Clock
  readonly wallClock: WallClock
  readonly rng: Rng
  /** Takes a whole line, with its end. */
  readonly write: (line: string) => void
}

/** The other end of a connection. */
export interface Peer {
  readonly address: string
  readonly port: number
}

/** Says what the client asked; called only for a line that is written. */
export interface Asker {
  asked(): Asked
}

/** Decides which requests get a line, and writes it when the request is over. A balancer without a log has no such object. */
export class AccessLog {
  /** Each line says why its loop was chosen: the balancer has to note that for every request. */
  readonly keepsDecisions: boolean
  readonly #parts: AccessLogParts
  /** The share of requests without fault that get a line. */
  readonly #share: number
  #second = Number.NaN
  #secondText = ''

  constructor(parts: AccessLogParts) {
    this.#parts = parts
    this.keepsDecisions = parts.settings.decision === 'keep'
    this.#share = parts.settings.mode === 'all' ? 1 : parts.settings.sample
  }

  /** @param peer the connection's other end */
  begin(lane: LaneName, requestId: string, startedAt: number, peer: Peer): AccessEntry {
    return new AccessEntry(lane, requestId, startedAt, peer.address, peer.port)
  }

  /** The request is over: its line is written, unless it went well and is not in the sample. */
  end(entry: AccessEntry, asker: Asker): void {
    const { clock, rng } = this.#parts
    if (entry.error === undefined && entry.status < 500 && this.#share < 1 && rng() >= this.#share) return
    const now = clock.now()
    entry.ended(now)
    this.#write(entry, asker.asked(), now - entry.startedAt)
  }

  /**
   * A request that was refused before it was one.
   * @param answered false where the connection was closed without a word
   */
  refused(lane: LaneName, code: ReplyCode, requestId: string, peer: Peer, asked: Asked, answered = true): void {
    const now = this.#parts.clock.now()
    const entry = this.begin(lane, requestId, now, peer)
    entry.failed(code, !answered)
    this.#write(entry, asked, 0)
  }

  #write(entry: AccessEntry, asked: Asked, durationMs: number): void {
    const { settings, balancer, trusted, write } = this.#parts
    const clientAddress = clientBehind(entry.peerAddress, asked.forwardedFor, trusted)
    const withQuery = settings.query === 'keep'
    write(
      accessLine(entry, asked, { time: this.#time(), balancer, durationMs, clientAddress, withQuery, withDecision: this.keepsDecisions }),
    )
  }

  /** The time in ISO 8601; the part that stays for a second is kept. */
  #time(): string {
    const now = this.#parts.wallClock.now()
    const second = Math.floor(now / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#secondText = new Date(second * 1_000).toISOString().slice(0, -4)
    }
    return `${this.#secondText}${String(Math.floor(now - second * 1_000)).padStart(3, '0')}Z`
  }
}
