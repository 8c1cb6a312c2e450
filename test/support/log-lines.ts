import { pino } from 'pino'

import type { Logger } from '../../core/log.ts'

/** A log whose lines can be looked at. */
export function logLines(): { log: Logger; lines: { level: number; msg: string; [fact: string]: unknown }[] } {
  const lines: { level: number; msg: string }[] = []
  const log = pino({ level: 'trace', base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  return { log, lines }
}
