import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

export interface ProcessTime {
  readonly pid: number
  readonly parent: number
  readonly commandLine: string
  /** User and system time since it began, of all its threads. */
  readonly cpuMs: number
}

/** A process and all that descend from it, with the CPU time each has used. */
export function processTree(root: number): ProcessTime[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)))
  const found = all.filter((each) => each.pid === root)
  for (const parent of found) found.push(...all.filter((each) => each.parent === parent.pid))
  return found
}

function readProcess(pid: number): ProcessTime[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // proc(5): the second field, the command, may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
    return [{ pid, parent: Number(fields[1]), commandLine, cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond }]
  } catch {
    return []
  }
}
