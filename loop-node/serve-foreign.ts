import { setTimeout as sleep } from 'node:timers/promises'

import type { LoopOptions } from '../config/roles.ts'
import { RunError } from '../core/errors.ts'
import type { Logger } from '../core/log.ts'
import type { Clock } from '../core/sources.ts'
import type { Channel } from './channel.ts'
import { ProgramReports } from './foreign/program-reports.ts'
import { startProgram, withLastLines } from './foreign/program.ts'
import { openReportSocket } from './foreign/report-socket.ts'
import { measureForeign } from './measure/foreign.ts'
import { servedAddress, type ServeTarget } from './serve-target.ts'
import type { Served } from './served.ts'

// Its connections cannot be seen from here: time for balancers, which also lost the supervisor, to finish.
const desertedMs = 1_000

/** Runs a server in any language beside this process, with this environment. Errors are startProgram's. */
export async function serveForeign(
  options: LoopOptions,
  targets: readonly ServeTarget[],
  stage: (waitingFor: () => string) => void,
  channel: Channel,
  log: Logger,
  clock: Clock,
  env: NodeJS.ProcessEnv,
): Promise<Served> {
  const command = options.settings.command!
  const [target] = targets
  if (target === undefined || targets.length > 1) throw new RunError('a command serves on exactly one address; give one --serve')
  if (target.lane === 'link') {
    throw new RunError(`--serve is ${servedAddress(target)}; a command speaks HTTP: give http+unix:PATH or http://HOST:PORT`)
  }
  const reports = new ProgramReports(clock)
  const reportPath = await openReportSocket(target, reports, log)
  const programEnv = reportPath === undefined ? env : { ...env, EVENLOOP_REPORT: reportPath }
  stage(() => `the program to accept connections: ${command}`)
  const program = await startProgram(command, target, programEnv, (spawned) => {
    process.on('exit', spawned.kill)
    void channel.send({ type: 'foreign', pid: spawned.pid })
  })
  let draining = false
  void program.ended.then(async (end) => {
    if (draining) return
    const message = withLastLines(`the program ended (${end.how}): ${command}`, end)
    if (end.code === 0) process.exit(0)
    if (channel.connected()) await channel.send({ type: 'failed', error: { message } })
    else log.error(message)
    process.exit(1)
  })
  return {
    kind: 'foreign',
    addresses: [servedAddress(program.target)],
    target: program.target,
    measure: (up, onReport) => measureForeign({ loop: options.id, up, pid: program.pid, reports, clock }, onReport),
    ready: () => undefined,
    announceDrain: () => undefined,
    deserted: (limitMs) => sleep(Math.min(desertedMs, limitMs)),
    drain: async (limitMs) => {
      draining = true
      await program.stop(limitMs)
    },
  }
}
