import type { Contestant } from './contestant.ts'
import { missing } from './needs.ts'
import { progress } from './progress.ts'
import { serve, type Serving } from './serving.ts'

/** Whose lines are known to have no numbers, and why: a contestant that fails once is not asked again for the same table. */
export type Reasons = Map<string, string>

/** Contestants that serve, started once for all they are asked, and those that cannot. */
export class Arena {
  readonly #serving = new Map<string, Serving>()
  readonly #reasons: Reasons = new Map()
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Starts those that do not serve yet. */
  async start(contestants: readonly Contestant[]): Promise<void> {
    for (const contestant of contestants) {
      const { name } = contestant
      if (this.#serving.has(name) || this.#reasons.has(name)) continue
      progress(`starting ${name}`)
      try {
        const reason = await missing(contestant)
        if (reason === undefined) this.#serving.set(name, await serve(contestant, this.#folder))
        else this.#reasons.set(name, reason)
      } catch (error) {
        this.#reasons.set(name, reasonOf(error))
      }
      const reason = this.#reasons.get(name)
      if (reason !== undefined) progress(`${name}: not run: ${reason}`)
    }
  }

  /** Undefined where it could not start. */
  serving(contestant: Contestant): Serving | undefined {
    return this.#serving.get(contestant.name)
  }

  /** Why it does not serve. */
  reason(contestant: Contestant): string {
    return this.#reasons.get(contestant.name) ?? 'it was not started'
  }

  /** Ends all that serve, and knows nothing of them any more. */
  async stop(): Promise<void> {
    const serving = [...this.#serving.values()]
    this.#serving.clear()
    this.#reasons.clear()
    await Promise.all(serving.map((each) => each.stop()))
  }
}

/** One line that says why. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 300)
