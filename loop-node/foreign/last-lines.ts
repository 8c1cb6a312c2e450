const maxLines = 20
const maxBytes = 8 * 1024

/** Keeps the end of a stream of text: what a program said before it died. */
export class LastLines {
  #text = ''

  add(chunk: string): void {
    this.#text = (this.#text + chunk).slice(-maxBytes)
  }

  get text(): string {
    return this.#text.trimEnd().split('\n').slice(-maxLines).join('\n')
  }
}
