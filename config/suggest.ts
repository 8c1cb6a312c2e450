/** A name that exists: how it is compared (`limits.headerBytes`) and how it is shown (`--limits-header-bytes`). */
export interface Candidate {
  readonly name: string
  readonly show: string
}

// What users of other process managers and proxies write first; no edit distance leads from these to ours.
const otherNames: Readonly<Record<string, string>> = {
  port: 'listen',
  host: 'listen',
  bind: 'listen',
  address: 'listen',
  workers: 'loops',
  instances: 'loops',
  processes: 'loops',
  script: 'app',
  entry: 'app',
  main: 'app',
  exec: 'command',
  algorithm: 'policy',
}

/** The known name that someone most likely meant; undefined where none is near. */
export function nearest(unknown: string, candidates: readonly Candidate[]): string | undefined {
  const other = otherNames[plain(unknown)]
  if (other !== undefined) {
    const meant = candidates.find((candidate) => candidate.name === other)
    if (meant !== undefined) return meant.show
  }
  let best: { show: string; cost: number } | undefined
  for (const { name, show } of candidates) {
    const whole = cost(plain(unknown), plain(name))
    // The right name in the wrong group, or without its group.
    const ending = cost(plain(lastPart(unknown)), plain(lastPart(name))) + 0.5
    // Less than one letter away: `stat` means `status` before it means `start`.
    const start = plain(unknown).length >= 3 && plain(name).startsWith(plain(unknown)) ? 0.9 : Infinity
    const least = Math.min(whole, ending, start)
    if (least !== Infinity && (best === undefined || least < best.cost)) best = { show, cost: least }
  }
  return best?.show
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

/** The edit distance, or Infinity where the names share too little to be a slip of the pen. */
function cost(left: string, right: string): number {
  const distance = editDistance(left, right)
  const longest = Math.max(left.length, right.length)
  // Of a word of two letters one slip leaves nothing to recognise it by.
  const most = longest <= 2 ? 0 : Math.max(1, Math.floor(longest / 3))
  return distance <= most ? distance : Infinity
}

/** How many letters must be added, removed, changed or swapped with their neighbour. */
export function editDistance(left: string, right: string): number {
  let before: number[] = []
  let last: number[] = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const next = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      let least = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (swapped) least = Math.min(least, before[column - 2]! + 1)
      next.push(least)
    }
    before = last
    last = next
  }
  return last[right.length]!
}
