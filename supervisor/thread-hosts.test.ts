import { expect, test, vi, beforeEach, afterEach } from 'vitest'

import type { LoopOptions } from '../config/roles.ts'
import type { HostToSupervisor, SupervisorToHost } from '../core/thread-messages.ts'
import type { ChildHooks, SpawnChild } from './child-process.ts'
import { ThreadHosts } from './thread-hosts.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** What one process was told, and what it can say. */
interface Process {
  readonly hooks: ChildHooks<HostToSupervisor>
  readonly orders: SupervisorToHost[]
  killed: boolean
  disconnected: boolean
}

function hosts() {
  const processes: Process[] = []
  const spawn = ((_program: unknown, hooks: ChildHooks<HostToSupervisor>) => {
    const process: Process = { hooks, orders: [], killed: false, disconnected: false }
    processes.push(process)
    return {
      pid: 100 + processes.length,
      send: (order: SupervisorToHost) => process.orders.push(order),
      side: () => {},
      kill: () => {
        process.killed = true
        hooks.exit({ code: null, signal: 'SIGKILL' })
      },
      disconnect: () => (process.disconnected = true),
    }
  }) as unknown as SpawnChild
  const ends: string[] = []
  const heard: unknown[] = []
  const threads = new ThreadHosts({ spawn, program: { path: 'host.js', env: {} }, line: () => {} })
  const start = (name: string, id: string) =>
    threads.start(name, { id } as LoopOptions, {
      message: (message) => heard.push([id, message.type]),
      line: (_stream, line) => heard.push([id, line]),
      side: (words) => heard.push([id, words]),
      exit: ({ code, signal }) => ends.push(`${id} ${code ?? signal}`),
    })
  return { processes, start, ends, heard }
}

test('loops of one name share a process, others have another', () => {
  const { processes, start } = hosts()
  const [a, b, c] = [start('0.1', '0'), start('0.1', '1'), start('1.1', '2')]
  expect([a.pid, b.pid, c.pid]).toEqual([101, 101, 102])
  expect(processes[0]!.orders.map(({ type, thread }) => [type, thread])).toEqual([
    ['start', 0],
    ['start', 1],
  ])
})

test('each loop hears what its own thread says', () => {
  const { processes, start, heard } = hosts()
  start('0.1', '0')
  start('0.1', '1')
  const { hooks } = processes[0]!
  hooks.message({ type: 'said', thread: 1, message: { type: 'ready', address: 'http+unix:/a', kind: 'plugin' } })
  hooks.message({ type: 'line', thread: 0, stream: 'stdout', line: 'a line' })
  hooks.message({ type: 'seen', thread: 1, words: { type: 'stack', ask: 3, error: 'none' } })
  expect(heard).toEqual([
    ['1', 'ready'],
    ['0', 'a line'],
    ['1', { type: 'stack', ask: 3, error: 'none' }],
  ])
})

test('a thread that ends alone leaves its process to the others, and the next one starts beside them', () => {
  const { processes, start, ends } = hosts()
  start('0.1', '0')
  start('0.1', '1')
  processes[0]!.hooks.message({ type: 'ended', thread: 0, code: 1 })
  expect(ends).toEqual(['0 1'])
  start('0.1', '0')
  expect(processes).toHaveLength(1)
  expect(processes[0]!.orders.at(-1)).toMatchObject({ type: 'start', thread: 2 })
})

test('with its last thread a process is let go, and a later start has a new one', () => {
  const { processes, start } = hosts()
  start('0.1', '0')
  processes[0]!.hooks.message({ type: 'ended', thread: 0, code: 0 })
  expect(processes[0]!.disconnected).toBe(true)
  start('0.1', '0')
  expect(processes).toHaveLength(2)
  // The old one's exit is no longer anybody's.
  processes[0]!.hooks.exit({ code: 0, signal: null })
  start('0.1', '1')
  expect(processes).toHaveLength(2)
})

test('a process that dies takes all of its loops along, each told once', () => {
  const { processes, start, ends } = hosts()
  start('0.1', '0')
  start('0.1', '1')
  start('1.1', '2')
  processes[0]!.hooks.exit({ code: null, signal: 'SIGSEGV' })
  processes[0]!.hooks.message({ type: 'ended', thread: 1, code: 0 })
  expect(ends).toEqual(['0 SIGSEGV', '1 SIGSEGV'])
})

test('a thread that does not end when it is told to ends with its process', () => {
  const { processes, start, ends } = hosts()
  const [hung, other] = [start('0.1', '0'), start('0.1', '1')]
  hung.kill('SIGKILL')
  other.kill('SIGKILL')
  processes[0]!.hooks.message({ type: 'ended', thread: 1, code: 1 })
  vi.advanceTimersByTime(1_900)
  expect(processes[0]!.killed).toBe(false)
  vi.advanceTimersByTime(200)
  expect(processes[0]!.killed).toBe(true)
  expect(ends).toEqual(['1 1', '0 SIGKILL'])
})

test('beside a loop whose process is given up nothing starts any more, and those that are there go on', () => {
  const { processes, start, ends } = hosts()
  const given = start('0.1', '0')
  start('0.1', '1')
  given.abandonProcess?.()
  expect(start('0.1', '0').pid).toBe(102)
  processes[0]!.hooks.message({ type: 'ended', thread: 0, code: 1 })
  processes[0]!.hooks.message({ type: 'ended', thread: 1, code: 1 })
  expect(ends).toEqual(['0 1', '1 1'])
  expect(processes.map(({ disconnected }) => disconnected)).toEqual([true, false])
  expect(start('0.1', '1').pid).toBe(102)
})
