import { PerformanceObserver, constants, type PerformanceEntry } from 'node:perf_hooks'

const kinds: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
}

/** Calls back for every pause of the garbage collector, in seconds. */
export function observeGcPauses(observe: (kind: string, seconds: number) => void): () => void {
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) observe(kindOf(entry), entry.duration / 1000)
  })
  observer.observe({ entryTypes: ['gc'] })
  return () => observer.disconnect()
}

const kindOf = (entry: PerformanceEntry): string => kinds[(entry as PerformanceEntry & { detail: { kind: number } }).detail.kind] ?? 'other'
