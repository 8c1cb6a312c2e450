import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

import { readJsonLines } from '../../core/json-lines.ts'
import type { Logger } from '../../core/log.ts'
import { clearStale, listenPrivately, removeSocket, type ServeTarget } from '../serve-target.ts'
import { readProgramReport } from './program-report.ts'
import type { ProgramReports } from './program-reports.ts'

const maxLineLength = 1024
const maxWorkers = 256
// Of a unix socket's path (unix(7)).
const maxPathBytes = 107

/**
 * Listens for what the processes of a program say of themselves, one line of JSON after another (docs/frameworks.md). What cannot be
 * read is left out: a program must not harm its loop by what it says.
 * @returns the path to connect to; undefined where there can be none, which the log explains
 */
export async function openReportSocket(serve: ServeTarget, reports: ProgramReports, log: Logger): Promise<string | undefined> {
  const server = net.createServer((socket) => receive(socket, reports))
  server.maxConnections = maxWorkers
  try {
    const beside = pathBeside(serve)
    const file = beside ?? path.join(mkdtempSync(path.join(os.tmpdir(), 'evenloop-')), 'report.sock')
    const target: ServeTarget = { lane: 'http', path: file }
    await clearStale(target)
    // Before others: the folder of the loops' sockets is removed when it is empty.
    process.prependListener('exit', () => removeSocket(target, beside === undefined))
    const listening = once(server, 'listening')
    listenPrivately(target, () => server.listen(file))
    await listening
    server.on('error', () => undefined).unref()
    return file
  } catch (error) {
    log.warn(`the program cannot report how busy it is: ${(error as Error).message}; its CPU time is measured instead`)
    return undefined
  }
}

/** In the folder that holds its own socket, which whoever started it takes care of. */
function pathBeside(serve: ServeTarget): string | undefined {
  if (!('path' in serve)) return undefined
  const file = `${serve.path.replace(/\.sock$/, '')}.rep`
  return Buffer.byteLength(file) > maxPathBytes ? undefined : file
}

function receive(socket: net.Socket, reports: ProgramReports): void {
  const worker = reports.join()
  socket.unref()
  readJsonLines(
    socket,
    (value) => {
      const report = readProgramReport(value)
      if (report !== undefined) reports.hear(worker, report)
    },
    maxLineLength,
  )
  socket.on('error', () => undefined)
  socket.on('close', () => reports.leave(worker))
}
