import type { Terminal } from './terminal.ts'

/** One line on standard error that says how far an operation is. */
export class Progress {
  readonly #terminal: Terminal
  #shown = ''

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** Overwrites the line on a terminal; elsewhere each change is a line. */
  show(text: string): void {
    if (text === this.#shown) return
    this.#shown = text
    this.#terminal.err(this.#terminal.showsProgress ? `\r\u001B[K${text}` : `${text}\n`)
  }

  /** Clears the line, so that the result stands alone. */
  end(): void {
    if (this.#shown !== '' && this.#terminal.showsProgress) this.#terminal.err('\r\u001B[K')
    this.#shown = ''
  }
}
