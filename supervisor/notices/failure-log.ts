import type { ErrorText } from '../../core/messages.ts'
import type { Notices } from './notices.ts'

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
  readonly #notices: Notices
  #held: Failure[] = []
  #last: string | undefined

  constructor(notices: Notices) {
    this.#notices = notices
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
    const message = `loop ${loop} did not start (try ${tries}): ${same ? 'for the same reason' : error.message}; trying again`
    this.#notices.tell({ kind: 'crash', severity: 'error', loop, message }, same ? {} : { err: error })
  }
}
