export interface ScalePlan {
  readonly add: readonly string[]
  /** In the order in which they leave. */
  readonly remove: readonly string[]
}

/** Which loops come and go for `wanted` of them: the lowest free ids are taken, the highest leave first. */
export function planScale(ids: readonly string[], wanted: number): ScalePlan {
  const numbers = ids.map(Number).sort((a, b) => a - b)
  const taken = new Set(numbers)
  const add: string[] = []
  for (let id = 0; taken.size + add.length < wanted; id++) if (!taken.has(id)) add.push(String(id))
  return { add, remove: numbers.slice(wanted).reverse().map(String) }
}
