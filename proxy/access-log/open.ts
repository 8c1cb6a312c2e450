import type { BalancerOptions } from '../../config/roles.ts'
import { RunError } from '../../core/errors.ts'
import type { Logger } from '../../core/log.ts'
import { systemClock, systemRng, systemWallClock } from '../../core/sources.ts'
import { TrustedAddresses } from '../../core/trusted-addresses.ts'
import { AccessLogFile } from './log-file.ts'
import { AccessLog } from './access-log.ts'

// Less than what a balancer gets beyond its drain before it is ended from outside.
const closeMs = 500

interface Opened {
  readonly accessLog: AccessLog
  /** Writes what there is, as far as it is taken within half a second. */
  close(): Promise<void>
}

/**
 * The access log of one balancer, with what it writes to; undefined where requests are not logged.
 * @throws RunError where its file cannot be opened
 */
export function openAccessLog({ id, outputFd, settings }: BalancerOptions, log: Logger): Opened | undefined {
  const { mode, file } = settings.accessLog
  if (mode === 'off') return undefined
  // Looked at, so that Node sets it up: a pipe then says that it is full instead of waiting.
  if (file === '-' && outputFd === 1) process.stdout.on('error', () => {})
  const target = file === '-' ? outputFd : file
  const sink = openFile(target, (lines, reason) => log.warn({ lines, reason }, `access log: ${lines} lines were lost: ${reason}`))
  return {
    accessLog: new AccessLog({
      settings: settings.accessLog,
      balancer: id,
      trusted: new TrustedAddresses(settings.trustedProxies),
      clock: systemClock,
      wallClock: systemWallClock,
      rng: systemRng,
      write: (line) => sink.write(line),
    }),
    close: () => sink.close(closeMs),
  }
}

function openFile(target: string | number, onLost: (lines: number, reason: string) => void): AccessLogFile {
  try {
    return new AccessLogFile(target, onLost)
  } catch (error) {
    const what = typeof target === 'string' ? target : 'to standard output'
    throw new RunError(
      `cannot write the access log ${what}: ${(error as Error).message}; choose a file that can be written with --access-log-file, or --access-log-mode off`,
    )
  }
}
