import { StringDecoder } from 'node:string_decoder'

// A child that writes without line ends must not fill anyone's memory.
const maxLineLength = 65_536

export interface LineSplitter {
  push(chunk: Buffer): void
  /** Hands on a last line that has no line end. */
  flush(): void
}

/** Cuts a stream of bytes into lines; the part of a line beyond 64 KiB is dropped. */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8')
  let partial = ''
  let cut = false
  const add = (text: string): void => {
    if (cut) return
    partial += text
    if (partial.length <= maxLineLength) return
    partial = `${partial.slice(0, maxLineLength)} (cut)`
    cut = true
  }
  const end = (): void => {
    const line = partial.endsWith('\r') ? partial.slice(0, -1) : partial
    partial = ''
    cut = false
    if (line !== '') onLine(line)
  }
  const take = (text: string): void => {
    const pieces = text.split('\n')
    for (const [index, piece] of pieces.entries()) {
      add(piece)
      if (index < pieces.length - 1) end()
    }
  }
  return {
    push: (chunk) => take(decoder.write(chunk)),
    flush: () => {
      take(decoder.end())
      end()
    },
  }
}
