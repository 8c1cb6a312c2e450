/** One piece of work, always the same: some twenty microseconds. */
function piece(x) {
  for (let i = 0; i < 10_000; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
  }
  return x
}

/**
 * How long a piece takes on a CPU of its own, in milliseconds. The least of many: others may have taken the CPU away during
 * the rest, and the first ones are not compiled yet.
 */
function measure() {
  let least = Infinity
  for (let i = 0; i < 300; i++) {
    const started = performance.now()
    seed = piece(seed)
    least = Math.min(least, performance.now() - started)
  }
  return least
}

let seed = 1
const pieceMs = measure()

/**
 * Does as much work as a CPU can do in so many milliseconds. It is an amount and no length of time: to look at the clock
 * until the time is over would make two of them on one CPU as fast as one.
 * @returns {number} how many pieces of work that were
 */
export function burn(ms) {
  const rounds = Math.round(ms / pieceMs)
  for (let i = 0; i < rounds; i++) seed = piece(seed)
  return rounds
}
