import { reasonOf, type Arena } from './arena.ts'
import type { Contestant } from './contestant.ts'
import type { Gap } from './outcome.ts'
import { progress } from './progress.ts'
import type { Serving } from './serving.ts'

/** Measures contestants one after another: a row for each, and a gap for each that does not serve or fails. */
export async function measureEach<Row>(
  contestants: readonly Contestant[],
  arena: Arena,
  measure: (serving: Serving) => Promise<Row>,
): Promise<{ rows: (Row & { readonly line: string })[]; gaps: Gap[] }> {
  const rows: (Row & { readonly line: string })[] = []
  const gaps: Gap[] = []
  await arena.start(contestants)
  for (const contestant of contestants) {
    progress(`  ${contestant.name}`)
    try {
      const serving = arena.serving(contestant)
      if (serving === undefined) throw new Error(arena.reason(contestant))
      rows.push({ line: contestant.name, ...(await measure(serving)) })
    } catch (error) {
      gaps.push({ line: contestant.name, reason: reasonOf(error), ours: contestant.ours === true })
    }
  }
  return { rows, gaps }
}
