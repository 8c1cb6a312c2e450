/** Takes server-sent events apart: text in pieces as it arrives, the data of whole events out. */
export class EventReader {
  #rest = ''
  #data: string[] = []

  push(text: string): string[] {
    const lines = (this.#rest + text).split(/\r?\n/)
    this.#rest = lines.pop() ?? ''
    const events: string[] = []
    for (const line of lines) {
      if (line.startsWith('data:')) this.#data.push(line.slice(line[5] === ' ' ? 6 : 5))
      else if (line === '' && this.#data.length > 0) events.push(this.#data.splice(0).join('\n'))
    }
    return events
  }
}
