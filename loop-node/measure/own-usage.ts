import { readFileSync } from 'node:fs'

/** What this loop uses of the machine. */
export interface OwnUsage {
  cpuSeconds(): number
  /** Resident memory; of a thread its even share of the process's, which no system tells apart. */
  rssBytes(): number
}

/** @param threads how many loops share this process */
export const ownUsage = (threads: number): OwnUsage => ({
  cpuSeconds: threads > 1 && threadNanoseconds() !== undefined ? () => threadNanoseconds()! / 1e9 : () => processSeconds() / threads,
  rssBytes: () => process.memoryUsage.rss() / threads,
})

function processSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

// Linux alone tells what one thread uses, and of itself only: proc(5), /proc/thread-self. Node has it from version 22.19 on.
function threadNanoseconds(): number | undefined {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ', 1)[0])
  } catch {
    return undefined
  }
}
