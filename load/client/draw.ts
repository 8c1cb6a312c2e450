import type { Rng } from '../../core/sources.ts'
import { seededRng } from '../seeded-rng.ts'

/** For each of so many requests whether it is one of the share: the same for the same seed. */
export function draw(total: number, share: number, seed: number): boolean[] {
  const random = seededRng(seed)
  return Array.from({ length: total }, () => random() < share)
}

/** Draws one route after the other, by their weights. @returns the index of one at each call */
export function routeDraw(weights: readonly number[], random: Rng): () => number {
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
