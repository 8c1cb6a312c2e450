import { readFileSync } from 'node:fs'
import os from 'node:os'

/** Reads a small file; undefined where it is absent or not readable. */
export type ReadText = (path: string) => string | undefined

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** CPUs that `cpu.max` (cgroup v2) allows; undefined where it sets no limit. May be a fraction. */
export function parseCpuMax(text: string): number | undefined {
  const [quota, period] = text.trim().split(/\s+/)
  return quota === 'max' ? undefined : share(Number(quota), Number(period))
}

/** CPUs that `cpu.cfs_quota_us` over `cpu.cfs_period_us` (cgroup v1) allow; a quota of -1 sets no limit. */
export function parseCfsQuota(quota: string, period: string): number | undefined {
  return share(Number(quota), Number(period))
}

const share = (quota: number, period: number): number | undefined => (quota > 0 && period > 0 ? quota / period : undefined)

/** A folder and every folder above it within its hierarchy: a limit set on any of them holds. */
export function withParents(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..')
  return Array.from({ length: parts.length + 1 }, (_, cut) => `/${parts.slice(0, parts.length - cut).join('/')}`.replace(/\/$/, ''))
}

/** The narrowest CPU quota of this process's cgroups; undefined where there is none. */
export function cgroupQuota(read: ReadText): number | undefined {
  const quotas: (number | undefined)[] = []
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (controllers === undefined || path === undefined) continue
    for (const folder of withParents(path)) {
      if (controllers === '') {
        for (const root of ['/sys/fs/cgroup', '/sys/fs/cgroup/unified']) {
          const text = read(`${root}${folder}/cpu.max`)
          if (text !== undefined) quotas.push(parseCpuMax(text))
        }
      } else if (controllers.split(',').includes('cpu')) {
        for (const root of ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct']) {
          const quota = read(`${root}${folder}/cpu.cfs_quota_us`)
          const period = read(`${root}${folder}/cpu.cfs_period_us`)
          if (quota !== undefined && period !== undefined) quotas.push(parseCfsQuota(quota, period))
        }
      }
    }
  }
  const limits = quotas.filter((quota) => quota !== undefined)
  return limits.length === 0 ? undefined : Math.min(...limits)
}

/**
 * CPUs available to this process: its affinity, and the cgroup quota that a container's CPU limit becomes
 * (which os.availableParallelism does not read). A part of a CPU counts as one.
 */
export function availableCpus(read: ReadText = readText, parallelism: number = os.availableParallelism()): number {
  const quota = cgroupQuota(read)
  return Math.max(1, quota === undefined ? parallelism : Math.min(parallelism, Math.ceil(quota)))
}
