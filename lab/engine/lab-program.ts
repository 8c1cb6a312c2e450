import { writeFileSync } from 'node:fs'
import os from 'node:os'

import { availableCpus } from '../../core/cpu-count.ts'
import { RunError, UsageError } from '../../core/errors.ts'
import type { Comparison } from '../compare/comparison.ts'

/** What the programs share that `evenloop compare` and `evenloop advise` start: how they end, fail, and speak to whoever waits. */
export interface LabProgram {
  /** Aborts on SIGINT and SIGTERM, with a RunError. */
  readonly signal: AbortSignal
  /** Says on standard error what is being done; on a terminal in one line. */
  readonly tell: (text: string) => void
  /** Ends that line; writes page and JSON where they were asked for, and prints the JSON or the text. @throws RunError where a file cannot be written */
  readonly deliver: (where: Outputs, result: Deliverable) => void
}

/** Where results go besides: the JSON to a file, or with '' to standard output instead of the text. */
interface Outputs {
  readonly html: string | undefined
  readonly json: string | undefined
}

interface Deliverable {
  readonly value: object
  readonly page: () => string
  readonly text: () => string
}

/** Runs such a program; sets the exit status. @param name as in `evenloop NAME` */
export async function runLabProgram(name: string, main: (program: LabProgram) => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const interrupted = new RunError(`evenloop ${name} was ended before there was a result`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort(interrupted))
  try {
    await main({ signal: stop.signal, tell, deliver })
  } catch (error) {
    endProgress()
    const isOurs = error instanceof UsageError || error instanceof RunError
    const text = error instanceof Error ? (isOurs ? error.message : (error.stack ?? error.message)) : String(error)
    process.stderr.write(`${text.replaceAll(/^/gm, 'evenloop: ')}\n`)
    process.exitCode = isOurs ? error.exitCode : 1
  }
}

/** The machine that this runs on, as far as it may be used. */
export function thisMachine(): Comparison['machine'] {
  const limit = process.constrainedMemory() ?? 0
  const memoryBytes = limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem()
  return { cpus: availableCpus(), memoryBytes, node: process.version, system: `${os.type()} ${os.release()} ${os.arch()}` }
}

/** @throws RunError where the system does not tell what processes use */
export function needLinux(name: string): void {
  if (process.platform !== 'linux')
    throw new RunError(`evenloop ${name} reads what processes use from /proc, which Linux alone has; remedy: run it in a container`)
}

function tell(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001B[K${text} …` : `${text}\n`)
}

function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
}

function deliver({ html, json }: Outputs, { value, page, text }: Deliverable): void {
  endProgress()
  if (html !== undefined) save(html, page())
  const lines = `${JSON.stringify(value, null, 2)}\n`
  if (json !== undefined && json !== '') save(json, lines)
  process.stdout.write(json === '' ? lines : text())
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new RunError(`${file} cannot be written (${(error as Error).message}); remedy: name another file`, { cause: error })
  }
  process.stderr.write(`written: ${file}\n`)
}
