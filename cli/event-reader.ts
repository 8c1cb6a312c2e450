/** One server-sent event. */
export interface ServerSentEvent {
  /** `message` where it has no name of its own. */
  readonly name: string
  readonly data: string
}

/** Takes server-sent events apart: text in pieces as it arrives, whole events out. */
export class EventReader {
  #rest = ''
  #name = 'message'
  #data: string[] = []

  push(text: string): ServerSentEvent[] {
    const lines = (this.#rest + text).split(/\r?\n/)
    this.#rest = lines.pop() ?? ''
    const events: ServerSentEvent[] = []
    for (const line of lines) {
      if (line.startsWith('data:')) this.#data.push(line.slice(line[5] === ' ' ? 6 : 5))
      else if (line.startsWith('event:')) this.#name = line.slice('event:'.length).trim()
      else if (line === '') {
        const [name, data] = [this.#name, this.#data.splice(0)]
        this.#name = 'message'
        if (data.length > 0) events.push({ name, data: data.join('\n') })
      }
    }
    return events
  }
}
