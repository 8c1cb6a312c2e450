import net from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

import { readJsonLines } from '../../core/json-lines.ts'
import type { Hold, SupervisorToWatchdog, WatchdogToSupervisor } from '../../core/messages.ts'
import { systemClock } from '../../core/sources.ts'
import type { RouteName } from '../../core/status.ts'
import { LoopBoard } from './board.ts'
import { HoldWatch, lookMs } from './hold-watch.ts'
import { Profiler } from './profile.ts'
import type { WatchdogData } from './watchdog.ts'

// The watchdog's own thread, which runs while the loop is held. It knows routes by their numbers, and hears their names
// when the loop first meets them.
const { memory, sideDoor, loop, logLevel } = workerData as WatchdogData
const board = new LoopBoard(memory)
const names = new Map<number, RouteName>()
parentPort!.on('message', ({ id, method, route }: RouteName & { readonly id: number }) => names.set(id, { method, route }))
// The logger is loaded by those who need it: this thread's memory counts for each loop.
const tell = sideDoor === undefined ? (await import('./hold-log.ts')).logHolds(loop, logLevel, systemClock) : toSupervisor(sideDoor)
const watch = new HoldWatch(board, systemClock.now())

setInterval(() => {
  const hold = watch.look(systemClock.now())
  if (hold === undefined) return
  const routes = hold.routes.flatMap((id) => names.get(id) ?? [])
  tell({ routes, forMs: Math.round(hold.forMs), over: hold.over })
}, lookMs)
parentPort!.postMessage('watching')

function toSupervisor(fd: number): (hold: Hold) => void {
  const profiler = new Profiler()
  const socket = new net.Socket({ fd, readable: true, writable: true })
  // With a line end before it: an app that has written here by mistake may have left half a line.
  const send = (message: WatchdogToSupervisor): void => void socket.write(`\n${JSON.stringify(message)}\n`)
  // A supervisor that has gone is heard of by the loop itself.
  socket.on('error', () => {})
  readJsonLines(socket, (message) => {
    const { ask, seconds } = message as SupervisorToWatchdog
    board.isProfiled = true
    const profiled = profiler.profile(seconds).finally(() => (board.isProfiled = false))
    profiled.then(
      (profile) => {
        // A message like the others, written in parts.
        socket.write(`\n{"type":"profile","ask":${ask},"profile":`)
        socket.write(profile)
        socket.write('}\n')
      },
      (error: Error) => send({ type: 'profile', ask, error: error.message }),
    )
  })
  return (hold) => send({ type: 'hold', ...hold })
}
