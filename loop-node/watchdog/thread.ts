import net from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

import { readJsonLines } from '../../core/json-lines.ts'
import type { Hold, SupervisorToWatchdog, WatchdogToSupervisor } from '../../core/messages.ts'
import { systemClock } from '../../core/sources.ts'
import { LoopBoard } from './board.ts'
import { Inspector } from './inspector.ts'
import { BoardWatch, type NamedRoute } from './watch-board.ts'
import type { WatchdogData } from './watchdog.ts'

// The watchdog's own thread, which runs while the loop is held. It knows routes by their numbers, and hears their names
// when the loop first meets them.
const { memory, sideDoor, loop, logLevel, blockLimit } = workerData as WatchdogData
const board = new LoopBoard(memory)
const watch = new BoardWatch(board)
parentPort!.on('message', (route: NamedRoute) => watch.name(route))
const inspector = new Inspector()
const tell = sideDoor === undefined ? await alone() : toSupervisor(sideDoor)
watch.start(tell)
parentPort!.postMessage('watching')

/** The logger is loaded by those who need it: this thread's memory counts for each loop. */
async function alone(): Promise<(hold: Hold) => void> {
  const [{ logHolds }, { endHung }] = await Promise.all([import('./hold-log.ts'), import('./end-hung.ts')])
  const log = logHolds(loop, logLevel, systemClock)
  const end = endHung(loop, logLevel, blockLimit, inspector)
  return (hold) => {
    log(hold)
    end(hold)
  }
}

function toSupervisor(fd: number): (hold: Hold) => void {
  const socket = new net.Socket({ fd, readable: true, writable: true })
  // With a line end before it: an app that has written here by mistake may have left half a line.
  const send = (message: WatchdogToSupervisor): void => void socket.write(`\n${JSON.stringify(message)}\n`)
  // A supervisor that has gone is heard of by the loop itself.
  socket.on('error', () => {})
  const sendProfile = (ask: number, seconds: number): void => {
    board.isProfiled = true
    const profiled = inspector.profile(seconds).finally(() => (board.isProfiled = false))
    profiled.then(
      (profile) => {
        // A message like the others, written in parts.
        socket.write(`\n{"type":"profile","ask":${ask},"profile":`)
        socket.write(profile)
        socket.write('}\n')
      },
      (error: Error) => send({ type: 'profile', ask, error: error.message }),
    )
  }
  readJsonLines(socket, (message) => {
    const asked = message as SupervisorToWatchdog
    const { type, ask } = asked
    if (type === 'profile') sendProfile(ask, asked.seconds)
    else
      inspector.stack().then(
        (frames) => send({ type, ask, frames }),
        (error: Error) => send({ type, ask, error: error.message }),
      )
  })
  return (hold) => send({ type: 'hold', ...hold })
}
