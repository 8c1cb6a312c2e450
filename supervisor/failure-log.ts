import type { Logger } from '../core/log.ts'
import type { ErrorText } from '../core/messages.ts'

interface Failure {
  readonly loop: string
  /** Deaths in a row. */
  readonly tries: number
  readonly error: ErrorText
}

/**
 * Tells the operator of starts that failed: an error in full once, in short while it goes on the same way. While it
 * is open whether the whole start has to be given up, nothing is told: the error that ends it is shown by that end.
 */
export class FailureLog {
  readonly #log: Logger
  #held: Failure[] = []
  #last: string | undefined

  constructor(log: Logger) {
    this.#log = log
  }

  tell(failure: Failure, hold: boolean): void {
    if (hold) this.#held.push(failure)
    else this.#write(failure)
  }

  /** The start goes on: what was held back is told now. */
  release(): void {
    for (const failure of this.#held.splice(0)) this.#write(failure)
  }

  #write({ loop, tries, error }: Failure): void {
    const same = this.#last === error.message
    this.#last = error.message
    this.#log.warn(
      same ? { loop } : { loop, err: error },
      `loop ${loop} did not start (try ${tries}): ${same ? 'for the same reason' : error.message}; trying again`,
    )
  }
}
