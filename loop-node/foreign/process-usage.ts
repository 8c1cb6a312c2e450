import { readFile } from 'node:fs/promises'

// USER_HZ is 100 on every Linux that Node runs on; sysconf is out of reach from JavaScript.
const ticksPerSecond = 100
const pageBytes = 4096

export interface ProcessUsage {
  /** User and system, since the process began. */
  readonly cpuSeconds: number
  readonly rssBytes: number
}

/** What /proc says of a process; zeros where it is gone or the system has no /proc. */
export async function processUsage(pid: number): Promise<ProcessUsage> {
  try {
    return parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return { cpuSeconds: 0, rssBytes: 0 }
  }
}

/** Reads the line of /proc/PID/stat (proc_pid_stat(5)). */
export function parseStat(line: string): ProcessUsage {
  // The second field is the program's name, which may contain spaces and parentheses: fields count from its end.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const [utime, stime, rss] = [fields[11], fields[12], fields[21]].map(Number) as [number, number, number]
  return { cpuSeconds: (utime + stime) / ticksPerSecond, rssBytes: rss * pageBytes }
}
