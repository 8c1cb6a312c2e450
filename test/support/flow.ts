import type { FakeRequest } from './fake-loop.ts'
import { until } from './wait.ts'

// Told apart from its neighbours at every place, so that a buffer used twice would show.
export const pattern = Buffer.alloc(1_048_576)
for (let at = 0; at < pattern.length; at += 4) pattern.writeUInt32LE((at * 2_654_435_761) % 4_294_967_296, at)

/** Sends a response of this size as far as the balancer takes it, and goes on whenever it takes more. */
export class Flow {
  sent = 0
  readonly #request: FakeRequest
  readonly #size: number
  readonly #timer: NodeJS.Timeout

  constructor(request: FakeRequest, size: number, close = false) {
    this.#request = request
    this.#size = size
    request.begin(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\nConnection: ${close ? 'close' : 'keep-alive'}\r\n\r\n`, { close })
    this.#timer = setInterval(() => this.#push(), 1)
    this.#push()
  }

  #push(): void {
    const request = this.#request
    while (request.credit > 0 && this.sent < this.#size) {
      const at = this.sent % pattern.length
      const length = Math.min(request.credit, this.#size - this.sent, pattern.length - at, 30_000)
      request.say(pattern.subarray(at, at + length))
      this.sent += length
    }
    if (request.reset !== undefined || request.link.socket.destroyed) return clearInterval(this.#timer)
    if (this.sent < this.#size) return
    clearInterval(this.#timer)
    request.end()
  }
}

/** Waits until a count has stood still. */
export async function settled(read: () => number): Promise<number> {
  let [last, since] = [-1, 0]
  await until('a count that stands still', () => {
    const now = read()
    since = now === last && now > 0 ? since + 1 : 0
    last = now
    return since >= 10
  })
  return last
}
