import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'

import type { Contestant, Part, Role } from './contestant.ts'
import { processTree, readProcess, type ProcessUse } from '../load/process-tree.ts'

/** A contestant that has started. */
export interface Serving {
  readonly contestant: Contestant
  readonly url: string
  /** Where it shows its metrics, if it says so. */
  readonly admin: string | undefined
  /** CPU time used so far, by role, in milliseconds. */
  cpuMs(): Map<Role, number>
  /** Resident memory now, by role. */
  rssBytes(): Map<Role, number>
  stop(): Promise<void>
}

interface Started {
  readonly part: Part
  readonly child: ChildProcess
}

/** What a contestant tells when it serves. */
interface Said {
  readonly url: string
  readonly admin?: string | undefined
}

const startLimitMs = 60_000
const all = new Set<() => Promise<void>>()

/** Starts every part of a contestant, in a folder of its own within the one given, and waits until it serves. */
export async function serve(contestant: Contestant, within: string): Promise<Serving> {
  // A short name: the path of a unix socket in it is limited to about 107 bytes.
  const folder = mkdtempSync(join(within, 'c-'))
  const [port, upstreamPort] = (await freePorts()) as [number, number]
  const started: Started[] = []
  const stop = async (): Promise<void> => {
    for (const { child } of started.splice(0).reverse()) await end(child)
    all.delete(stop)
  }
  all.add(stop)
  try {
    let said: Said = { url: '' }
    for (const part of contestant.parts({ folder, port, upstreamPort })) {
      for (const [name, text] of Object.entries(part.files ?? {})) writeFileSync(join(folder, name), text)
      const child = spawn(part.command[0]!, part.command.slice(1), {
        cwd: folder,
        env: { ...process.env, ...part.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      started.push({ part, child })
      said = await ready(part, child)
    }
    return {
      contestant,
      url: said.url,
      admin: said.admin,
      stop,
      cpuMs: () => sum(started, ({ cpuMs }) => cpuMs),
      rssBytes: () => sum(started, ({ rssBytes }) => rssBytes),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Ends whatever serves: for a benchmark that is itself ended. */
export async function stopAll(): Promise<void> {
  await Promise.all([...all].map((stop) => stop()))
}

async function freePorts(): Promise<number[]> {
  const servers = [createServer(), createServer()]
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening')
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  for (const server of servers) await once(server.close(), 'close')
  return ports
}

function ready(part: Part, child: ChildProcess): Promise<Said> {
  return new Promise((resolve, reject) => {
    let output = ''
    let errors = ''
    const fail = (what: string): void => reject(new Error(`${part.command[0]} ${what}${errors === '' ? '' : `: ${errors.trim()}`}`))
    const limit = setTimeout(() => fail(`was not ready within ${startLimitMs / 1000} seconds`), startLimitMs)
    const settle = (said: Said): void => {
      clearTimeout(limit)
      resolve(said)
    }
    child.once('error', (error) => fail(error.message))
    // After its output has been read, which says why.
    child.once('close', (code, signal) => {
      clearTimeout(limit)
      fail(`ended with ${code ?? signal} before it was ready`)
    })
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (errors = (errors + chunk).slice(-2000)))
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-10_000)
      const match = typeof part.ready === 'number' ? null : part.ready.exec(output)
      if (match !== null) settle({ url: match[1] ?? '', admin: match.groups?.['admin'] })
    })
    if (typeof part.ready === 'number') void accepts(part.ready, child).then((url) => settle({ url }))
  })
}

/** Resolves with the URL once something accepts there; never if the process ends before. */
async function accepts(port: number, child: ChildProcess): Promise<string> {
  for (;;) {
    const accepted = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (accepted) return `http://127.0.0.1:${port}`
    if (hasEnded(child)) return new Promise(() => {})
    await after(20)
  }
}

function sum(started: readonly Started[], of: (use: ProcessUse) => number): Map<Role, number> {
  const sums = new Map<Role, number>()
  for (const { part, child } of started) {
    for (const [index, each] of processTree(child.pid!).entries()) {
      const role = (index === 0 ? undefined : part.children?.find(({ match }) => match.test(each.commandLine))?.role) ?? part.role
      sums.set(role, (sums.get(role) ?? 0) + of(each))
    }
  }
  return sums
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return
  const tree = processTree(child.pid)
  if (!hasEnded(child)) {
    const exited = new Promise((resolve) => child.once('exit', resolve))
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    child.kill('SIGTERM')
    await exited
    clearTimeout(timer)
  }
  // What its parent left behind.
  for (const { pid, started } of tree.slice(1)) if (readProcess(pid)?.started === started) process.kill(pid, 'SIGKILL')
}
