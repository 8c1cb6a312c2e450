import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const setting = (name: string): number => Number(execFileSync('getconf', [name], { encoding: 'utf8' }))
const ticksPerSecond = setting('CLK_TCK')
const pageBytes = setting('PAGESIZE')

export interface ProcessUse {
  readonly pid: number
  readonly parent: number
  readonly commandLine: string
  /** In ticks since the system began: with it a pid names one process for ever. */
  readonly started: number
  /** User and system time since it began, of all its threads. */
  readonly cpuMs: number
  readonly rssBytes: number
}

/** A process, first, and all that descend from it, with what each has used. */
export function processTree(root: number): ProcessUse[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? [])
  const found = all.filter((each) => each.pid === root)
  for (const parent of found) found.push(...all.filter((each) => each.parent === parent.pid))
  return found
}

/** Undefined where no such process is, or no longer. */
export function readProcess(pid: number): ProcessUse | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // proc(5): the second field, the command, may itself hold spaces and brackets.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const field = (number: number): number => fields[number - 3]!
    return {
      pid,
      parent: field(4),
      commandLine: readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '),
      started: field(22),
      cpuMs: ((field(14) + field(15)) * 1000) / ticksPerSecond,
      rssBytes: field(24) * pageBytes,
    }
  } catch {
    return undefined
  }
}
