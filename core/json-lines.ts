import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

// More than any profile has. An app that writes into a channel of ours without line ends must not fill our memory.
const maxLineLength = 256 * 1_048_576

/** Reads one JSON value a line from a stream of our own processes; what is no JSON, or too long, is left out. */
export function readJsonLines(stream: Readable, onValue: (value: unknown) => void, maxLength = maxLineLength): void {
  const decoder = new StringDecoder('utf8')
  // Pieces of a line that is not whole: joined once, since a profile is one long line.
  let pieces: string[] = []
  let length = 0
  const add = (piece: string): void => {
    length += piece.length
    if (length <= maxLength) pieces.push(piece)
    else pieces = []
  }
  stream.on('data', (chunk: Buffer) => {
    const lines = decoder.write(chunk).split('\n')
    const last = lines.pop()!
    for (const line of lines) {
      add(line)
      parse(pieces.join(''), onValue)
      pieces = []
      length = 0
    }
    add(last)
  })
}

function parse(line: string, onValue: (value: unknown) => void): void {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return
  }
  onValue(value)
}
