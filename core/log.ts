import { pino, type Logger } from 'pino'
import pretty from 'pino-pretty'

export type { Logger }

/**
 * A logger that writes JSON lines to standard error, or lines for people where that is a terminal. Writes are
 * synchronous: the last line before a crash is the one that matters.
 */
export function createLog(level: string, role: string, terminal: boolean = process.stderr.isTTY): Logger {
  const options = { level, base: { role }, timestamp: pino.stdTimeFunctions.isoTime }
  return terminal
    ? pino(options, pretty({ destination: 2, sync: true, colorize: true, ignore: 'role,pid,hostname', translateTime: 'SYS:HH:MM:ss.l' }))
    : pino(options, pino.destination({ dest: 2, sync: true }))
}
