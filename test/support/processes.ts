import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** What Linux says about processes in /proc. A process that has gone meanwhile counts as having nothing. */

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

const list = (path: string): string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

const pids = (): number[] =>
  list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

/** The fields of /proc/PID/stat from the third on: the second, the command, may hold spaces and brackets. */
const statFields = (pid: number): string[] => {
  const text = read(`/proc/${pid}/stat`)
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** True while the process runs; a zombie has ended. */
export function isAlive(pid: number): boolean {
  const state = statFields(pid)[0]
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** Living processes that were started with this environment variable: finds orphans too, which no tree of parents holds any more. */
export function processesWith(name: string, value: string): number[] {
  const entry = `${name}=${value}`
  return pids().filter((pid) => isAlive(pid) && read(`/proc/${pid}/environ`).split('\0').includes(entry))
}

/** Open sockets of a process, of every kind. */
export function socketCount(pid: number): number {
  let count = 0
  for (const fd of list(`/proc/${pid}/fd`)) {
    try {
      if (readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:')) count += 1
    } catch {
      // closed between the two calls
    }
  }
  return count
}
