import { readFile } from 'node:fs/promises'

// USER_HZ is 100 on every Linux that Node runs on; sysconf is out of reach from JavaScript.
const ticksPerSecond = 100
const pageBytes = 4096

export interface ProcessUsage {
  /** User and system, since the process began; of children that have ended too. */
  readonly cpuSeconds: number
  readonly rssBytes: number
}

const nothing: ProcessUsage = { cpuSeconds: 0, rssBytes: 0 }

/**
 * What /proc says of a process and its children, added up: a server like gunicorn works in children of its first process. What they
 * share in memory is counted for each. Zeros where it is gone or the system has no /proc.
 */
export async function processUsage(pid: number): Promise<ProcessUsage> {
  try {
    const [stat, children] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), childrenOf(pid)])
    const all = [parseStat(stat), ...(await Promise.all(children.map(processUsage)))]
    return all.reduce((sum, each) => ({ cpuSeconds: sum.cpuSeconds + each.cpuSeconds, rssBytes: sum.rssBytes + each.rssBytes }), nothing)
  } catch {
    return nothing
  }
}

/** Reads the line of /proc/PID/stat (proc_pid_stat(5)). */
export function parseStat(line: string): ProcessUsage {
  // The second field is the program's name, which may contain spaces and parentheses: fields count from its end.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const [utime, stime, childrenUtime, childrenStime, rss] = [11, 12, 13, 14, 21].map((field) => Number(fields[field]))
  return { cpuSeconds: (utime! + stime! + childrenUtime! + childrenStime!) / ticksPerSecond, rssBytes: rss! * pageBytes }
}

/** Those that its first thread started; kernels without this file tell of none. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.trim() === '' ? [] : text.trim().split(' ').map(Number)
}
