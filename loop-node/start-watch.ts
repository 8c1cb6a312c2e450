import { inspect } from 'node:util'

import { RunError } from '../core/errors.ts'
import type { Logger } from '../core/log.ts'
import type { ErrorText } from '../core/messages.ts'
import type { Channel } from './channel.ts'

export interface StartWatch {
  /** Reports why the loop cannot serve, then exits with 1. The first call wins. */
  fail(error: unknown): Promise<never>
  /** From now on errors and exits of the app are its own. */
  over(): void
}

/**
 * Until the loop is ready, every way to die is told to the supervisor with the app's own error: it shows the
 * error once instead of N loops printing it N times.
 */
export function watchStart(channel: Channel, log: Logger, stopping: () => boolean): StartWatch {
  let failing = false
  const fail = async (error: unknown): Promise<never> => {
    if (!failing) {
      failing = true
      const text = errorText(error)
      if (channel.connected()) await channel.send({ type: 'failed', error: text })
      else log.error(text.stack === undefined ? text.message : `${text.message}\n${text.stack}`)
      process.exit(1)
    }
    return new Promise<never>(() => undefined)
  }
  const onUncaught = (error: unknown): void => {
    // An app that has a handler of its own decides itself what an error means.
    if (process.listenerCount('uncaughtException') === 1) void fail(error)
  }
  const onIdle = (): void =>
    void fail(new RunError('the app has nothing left to do and serves nothing: it neither exported an app nor called .listen()'))
  const onExit = (code: number): void => {
    if (failing || stopping()) return
    failing = true
    process.exitCode = 1
    const message = `the app called process.exit(${code}) before it was ready`
    if (channel.connected()) void channel.send({ type: 'failed', error: { message } })
    else log.error(message)
  }
  process.on('uncaughtException', onUncaught)
  process.on('beforeExit', onIdle)
  process.on('exit', onExit)
  return {
    fail,
    over: () => {
      process.off('uncaughtException', onUncaught)
      process.off('beforeExit', onIdle)
      process.off('exit', onExit)
    },
  }
}

/** Our own errors speak for themselves; an app's error needs its stack, its code and its causes. */
function errorText(error: unknown): ErrorText {
  if (error instanceof RunError) return { message: error.message }
  if (!(error instanceof Error)) return { message: `the app threw ${inspect(error)}, which is not an Error and has no stack` }
  return { message: error.message, stack: inspect(error) }
}
