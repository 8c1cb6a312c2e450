/** For each of so many requests whether it is one of the share: the same for the same seed. */
export function draw(total: number, share: number, seed: number): boolean[] {
  const random = mulberry32(seed)
  return Array.from({ length: total }, () => random() < share)
}

/** Draws one route after the other, by their weights: the same ones for the same seed. */
export function routeDraw(weights: readonly number[], seed: number): () => number {
  const random = mulberry32(seed)
  const sum = weights.reduce((all, weight) => all + weight, 0)
  return () => {
    let left = random() * sum
    for (let index = 0; index < weights.length - 1; index++) {
      left -= weights[index]!
      if (left < 0) return index
    }
    return weights.length - 1
  }
}

/** https://gist.github.com/tommyettinger/46a874533244883189143505d203312c: small, and even enough to draw by. */
function mulberry32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
