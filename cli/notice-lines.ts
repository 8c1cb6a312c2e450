import type { ClusterEvent } from '../core/status.ts'

import { plainText } from './plain-text.ts'
import { type Colour, paint } from './terminal.ts'

const colours: Readonly<Record<ClusterEvent['severity'], Colour>> = { info: 'dim', warning: 'yellow', error: 'red' }

/** What happened, the newest last, each with its time of day: `01:12:39  loop 0 ended with signal SIGKILL; …`. */
export function noticeLines(notices: readonly ClusterEvent[], hasColours: boolean): string[] {
  return notices.map(({ at, severity, message }) => {
    const time = new Date(at).toLocaleTimeString('en-GB')
    return `${paint(time, 'dim', hasColours)}  ${paint(plainText(message), colours[severity], hasColours)}`
  })
}
