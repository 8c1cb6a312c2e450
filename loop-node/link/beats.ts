import type { RouteCounts } from '../../core/route-counts.ts'
import type { Clock } from '../../core/sources.ts'
import { type Beat, beatBytes, busyBeatMs, encodeRoutes, idleBeatMs, writeBeat } from '../../link/beat.ts'
import { beatFlag, frameType } from '../../link/frame.ts'
import type { Outbox } from '../../link/outbox.ts'
import type { ChangedRoutes } from '../measure/changed-routes.ts'

/** What beats say. */
interface Said {
  /** As they are at each beat. */
  readonly vitals: Beat
  /** What the balancer has not been told yet of the app's routes. */
  readonly routes: Pick<ChangedRoutes, 'take' | 'pressing' | 'due'>
  /** Whether another balancer keeps the loop for blocking routes. */
  readonly claimedByOthers: () => boolean
  readonly clock: Clock
}

// What the field for it holds.
const mostLateMs = 0xffff

const noRoutes: readonly RouteCounts[] = []

/**
 * Says that the loop lives: often while it holds a request, rarely else. A loop that is blocked does not beat at all. The
 * fast timer runs only while there is something to hold, or a long hold to tell of: sixty-four loops on a few cores would
 * otherwise spend more on waking up than on requests.
 */
export class Beats {
  readonly #outbox: Outbox
  readonly #said: Said
  readonly #busy: () => boolean
  readonly #slow: NodeJS.Timeout
  readonly #fast: NodeJS.Timeout
  #armed = true
  // Since the last fast beat.
  #came = false
  #dueAt: number
  /** How late the timer was when it last had its turn, in milliseconds: so late the loop stands behind its events. */
  #lateMs = 0
  #claimed = false
  /** The outbox's turn in which the last beat was written: until that ends the beat is there. */
  #beatTurn = -1

  constructor(outbox: Outbox, said: Said, busy: () => boolean) {
    this.#outbox = outbox
    this.#said = said
    this.#busy = busy
    this.#slow = setInterval(() => this.#beat(true), idleBeatMs).unref()
    this.#fast = setTimeout(() => this.#tick(), busyBeatMs).unref()
    this.#dueAt = said.clock.now() + busyBeatMs
  }

  /** Beats at once where there is something to say: a new balancer is to know from its first request on which routes block. */
  greet(): void {
    const routes = this.#said.routes.take()
    if (routes.length > 0 || this.#said.claimedByOthers()) this.#write(routes)
  }

  /** A request has come. */
  wake(): void {
    this.#came = true
    if (this.#armed) return
    this.#armed = true
    this.#restart()
  }

  /** Beats at once where the balancer does not know yet whether others claim the loop: an idle beat may be a second away. */
  sayClaims(): void {
    if (this.#said.claimedByOthers() !== this.#claimed) this.#write(noRoutes)
  }

  stop(): void {
    clearInterval(this.#slow)
    clearTimeout(this.#fast)
    this.#armed = true
  }

  #tick(): void {
    // A request that held the loop is over as a rule when this timer has its turn.
    this.#armed = this.#busy() || this.#said.routes.pressing
    this.#lateMs = Math.min(mostLateMs, Math.max(0, Math.round(this.#said.clock.now() - this.#dueAt)))
    // What came and went within one turn has held the loop all the same: overload by short handlers would else look like rest.
    if (!this.#armed && !this.#came) return
    this.#came = false
    this.#beat(this.#said.routes.due)
    if (this.#armed) this.#restart()
  }

  #restart(): void {
    this.#dueAt = this.#said.clock.now() + busyBeatMs
    this.#fast.refresh()
  }

  #beat(withRoutes: boolean): void {
    // To a balancer that does not read, beats would pile up. One goes along with whatever is on its way: large responses, of which a part
    // waits all the time, must not keep the balancer from hearing how late the loop is.
    if (this.#outbox.turn !== this.#beatTurn) this.#write(withRoutes ? this.#said.routes.take() : noRoutes)
  }

  #write(routes: readonly RouteCounts[]): void {
    this.#claimed = this.#said.claimedByOthers()
    const more = routes.length === 0 ? undefined : encodeRoutes(routes)
    const payload = Buffer.allocUnsafe(beatBytes + (more?.length ?? 0))
    writeBeat(payload, this.#said.vitals)
    more?.copy(payload, beatBytes)
    this.#outbox.bytes(frameType.beat, this.#claimed ? beatFlag.claimed : 0, this.#armed ? this.#lateMs : 0, 0, payload, 0, payload.length)
    this.#beatTurn = this.#outbox.turn
  }
}
