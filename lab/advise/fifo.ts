/** First come, first served; taking one costs the same however many wait, which an array's shift does not. */
export class Fifo<Item> {
  readonly #items: Item[] = []
  #from = 0

  get isEmpty(): boolean {
    return this.#from === this.#items.length
  }

  push(item: Item): void {
    this.#items.push(item)
  }

  take(): Item | undefined {
    if (this.isEmpty) return undefined
    const item = this.#items[this.#from++]
    if (this.#from > 1_000 && this.#from * 2 > this.#items.length) {
      this.#items.splice(0, this.#from)
      this.#from = 0
    }
    return item
  }
}
