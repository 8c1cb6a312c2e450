export interface Placed {
  readonly line: string
  /** The less the better. */
  readonly cost: number
}

/** Who comes where, in words that are the same whether we win or lose. */
export function placing(placed: readonly Placed[], ours: readonly string[], what: string): string {
  const order = placed.toSorted((a, b) => a.cost - b.cost).map(({ line }) => line)
  const places = ours
    .filter((line) => order.includes(line))
    .map((line) => `${line} is ${ordinal(order.indexOf(line) + 1)} of ${order.length}`)
  return order.length === 0 ? 'Nothing was measured.' : `Best (${what}): ${[order[0], ...places].join('; ')}.`
}

const ordinal = (place: number): string => {
  const suffix = { 1: 'st', 2: 'nd', 3: 'rd' }[place % 100 > 10 && place % 100 < 14 ? 0 : place % 10] ?? 'th'
  return `${place}${suffix}`
}
