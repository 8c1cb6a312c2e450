import { expect } from 'vitest'

import { allMetrics } from '../../core/metrics/catalog.ts'

/** The samples of one scrape in the text format, by `name{labels}`. */
export type Samples = ReadonlyMap<string, number>

export function parseSamples(text: string): Samples {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const end = line.lastIndexOf(' ')
    const series = line.slice(0, end)
    expect(samples.has(series), `${series} twice in one scrape`).toBe(false)
    samples.set(series, Number(line.slice(end + 1)))
  }
  return samples
}

export async function scrape(adminUrl: string): Promise<Samples> {
  const answer = await fetch(`${adminUrl}/metrics`)
  expect(answer.status).toBe(200)
  return parseSamples(await answer.text())
}

/** The sum of all series of a metric whose labels contain this text. */
export const total = (samples: Samples, name: string, labels = ''): number =>
  [...samples].reduce((sum, [series, value]) => (series.startsWith(`${name}{`) && series.includes(labels) ? sum + value : sum), 0)

/** Names of series that there can be, of the metrics that are as asked. */
export const seriesNames = (which: (metric: (typeof allMetrics)[number]) => boolean = () => true): string[] =>
  allMetrics
    .filter(which)
    .flatMap(({ name, type }) => (type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]))
    .sort()

/** The names in a scrape, each once. */
export const namesIn = (samples: Samples): string[] => [...new Set([...samples.keys()].map((series) => series.replace(/\{.*/, '')))].sort()

/** Scrapes without a pause until it is told to stop, and notes each counter that went backwards while its series was there. */
export function watchCounters(adminUrl: string): { scrapes(): number; finish(): Promise<readonly string[]> } {
  const counted = new Set(seriesNames(({ type }) => type !== 'gauge'))
  const backwards: string[] = []
  const stop = new AbortController()
  let scrapes = 0
  const done = (async () => {
    let before: Samples = new Map()
    while (!stop.signal.aborted) {
      const now = await scrape(adminUrl)
      for (const [series, value] of now) {
        if (counted.has(series.replace(/\{.*/, '')) && value < (before.get(series) ?? 0))
          backwards.push(`${series}: ${before.get(series)} → ${value}`)
      }
      before = now
      scrapes += 1
    }
  })()
  return {
    scrapes: () => scrapes,
    finish: async () => {
      stop.abort()
      await done
      return backwards
    },
  }
}
