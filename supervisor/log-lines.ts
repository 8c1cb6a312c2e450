import { StringDecoder } from 'node:string_decoder'

import type { Logger } from '../core/log.ts'

// A child that writes without line ends must not fill the supervisor's memory.
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

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

export interface LogLine {
  readonly level: Level
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

const levels: Record<number, Level> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }

/** What a line says: a JSON line of pino keeps its level, message and fields, any other is the message. */
export function readLine(line: string, stream: 'stdout' | 'stderr'): LogLine {
  const entry = line.startsWith('{') ? parseObject(line) : undefined
  const level = typeof entry?.['level'] === 'number' ? levels[entry['level']] : undefined
  if (entry === undefined || level === undefined) return { level: stream === 'stderr' ? 'warn' : 'info', message: line, fields: {} }
  const { level: _level, msg, time: _time, pid: _pid, hostname: _hostname, role: _role, ...fields } = entry
  return { level, message: typeof msg === 'string' ? msg : '', fields }
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** Writes a child's lines to the supervisor's log with the child's name: `{ loop: '0' }` or `{ balancer: '0' }`. */
export function forwardLines(log: Logger, child: Readonly<Record<string, string>>): (stream: 'stdout' | 'stderr', line: string) => void {
  return (stream, line) => {
    const { level, message, fields } = readLine(line, stream)
    log[level]({ ...fields, ...child, stream }, message)
  }
}
