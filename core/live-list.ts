/** Something that can be in one LiveList. */
export interface Listed {
  /** Its place in the list; -1 while it is in none. Only the list writes it. */
  place: number
}

/**
 * Everything under way, in no order. Not a Set: under churn V8 replaces a Set's table again and again, each old table
 * refers to the next, and one that has reached the old generation keeps the requests of all later ones alive until a
 * full collection.
 */
export class LiveList<T extends Listed> implements Iterable<T> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  add(item: T): void {
    item.place = this.#items.length
    this.#items.push(item)
  }

  /** Does nothing for one that is not in the list. */
  remove(item: T): void {
    const { place } = item
    if (place === -1) return
    const last = this.#items.pop()!
    if (last !== item) {
      this.#items[place] = last
      last.place = place
    }
    item.place = -1
  }

  /** A copy, so that items may leave while it is walked. */
  [Symbol.iterator](): Iterator<T> {
    return [...this.#items].values()
  }
}
