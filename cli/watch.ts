import type { ClusterEvent, ClusterStatus } from '../core/status.ts'

import type { AdminClient } from './admin-client.ts'
import { noticeLines } from './notice-lines.ts'
import { statusLines } from './status-table.ts'
import type { Terminal } from './terminal.ts'

// The second screen leaves what the user had on the first one; without wrapping, a narrow window cuts lines instead
// of breaking the table.
const enter = '\u001B[?1049h\u001B[?25l\u001B[?7l'
const leave = '\u001B[?7h\u001B[?25h\u001B[?1049l'
const shownNotices = 5

/**
 * Shows each status as it comes: redrawn in place on a terminal, with the latest notices below; one after another
 * elsewhere, JSON lines if asked.
 * @returns true when the user ended it, false when the cluster went away
 */
export async function watchStatus(client: AdminClient, terminal: Terminal, asJson: boolean): Promise<boolean> {
  const quit = new AbortController()
  const isDrawn = terminal.isInteractive && !asJson
  const stopListening = terminal.onQuit(() => quit.abort())
  let before: ClusterStatus | undefined
  let isOpen = false
  const notices: ClusterEvent[] = []
  try {
    for await (const event of client.events(quit.signal)) {
      if ('notice' in event) {
        notices.push(event.notice)
        if (notices.length > shownNotices) notices.shift()
        // The cluster sends a status right after each.
        continue
      }
      const { status } = event
      if (isDrawn && !isOpen) terminal.out(enter)
      isOpen = true
      const { hasColours } = terminal
      if (asJson) terminal.out(`${JSON.stringify(status)}\n`)
      else if (isDrawn)
        terminal.out(frame([...statusLines(status, before, hasColours), ...eventLines(notices, hasColours), '', 'q ends'], terminal.rows()))
      else terminal.out(`${statusLines(status, before, hasColours).join('\n')}\n\n`)
      before = status
    }
  } catch (error) {
    if (!quit.signal.aborted) throw error
  } finally {
    if (isDrawn && isOpen) terminal.out(leave)
    stopListening()
  }
  return quit.signal.aborted
}

const eventLines = (notices: readonly ClusterEvent[], hasColours: boolean): string[] =>
  notices.length === 0 ? [] : ['', ...noticeLines(notices, hasColours)]

/** From the top of the screen, each line cleared to its end, and what is below it. */
const frame = (lines: readonly string[], rows: number): string =>
  `\u001B[H${lines
    .slice(0, rows)
    .map((line) => `${line}\u001B[K`)
    .join('\r\n')}\u001B[J`
