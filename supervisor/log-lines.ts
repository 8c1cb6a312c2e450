import type { Logger } from '../core/log.ts'

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

/** Writes what the process of several loops says; a line that names its loop keeps that name. */
export function forwardHostLine(log: Logger, host: string, stream: 'stdout' | 'stderr', line: string): void {
  const { level, message, fields } = readLine(line, stream)
  log[level]({ ...(fields['loop'] === undefined ? { process: host } : {}), ...fields, stream }, message)
}
