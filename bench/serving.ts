import { spawn, type ChildProcess } from 'node:child_process'

import type { Contestant, Part, Role } from './contestants.ts'
import { processTree } from './cpu-time.ts'

/** A contestant that has started. */
export interface Serving {
  readonly contestant: Contestant
  readonly url: string
  /** CPU time used so far, by role, in milliseconds. */
  cpuMs(): Map<Role, number>
  stop(): Promise<void>
}

/** Starts every part of a contestant and waits until it serves. */
export async function serve(contestant: Contestant, folder: string): Promise<Serving> {
  const started: { part: Part; child: ChildProcess }[] = []
  const stop = async (): Promise<void> => {
    for (const { child } of started.reverse()) await end(child)
  }
  try {
    let url = ''
    for (const part of contestant.parts(folder)) {
      const child = spawn(part.command[0]!, part.command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
      started.push({ part, child })
      url = await readyLine(contestant.name, part, child)
    }
    return { contestant, url, stop, cpuMs: () => sum(started) }
  } catch (error) {
    await stop()
    throw error
  }
}

function readyLine(name: string, part: Part, child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${name}: ${part.command.join(' ')} ended with ${code} before it was ready`)))
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const match = part.ready.exec(text)
      if (match !== null) resolve(match[1] ?? '')
    })
  })
}

function sum(started: readonly { part: Part; child: ChildProcess }[]): Map<Role, number> {
  const times = new Map<Role, number>()
  for (const { part, child } of started) {
    for (const each of processTree(child.pid!)) {
      const role = part.children?.find(({ match }) => match.test(each.commandLine))?.role ?? part.role
      times.set(role, (times.get(role) ?? 0) + each.cpuMs)
    }
  }
  return times
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  child.kill('SIGTERM')
  await exited
  clearTimeout(timer)
}
