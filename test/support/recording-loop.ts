import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startProgram } from './program.ts'
import type { StrictRequest } from './strict-http.ts'

/** A loop that serves the link, with an app that keeps what it sees of each request. */
export interface RecordingLoop {
  /** Where a balancer finds it. */
  readonly address: string
  /** What the app has been given since the last forget(), in the order begun. */
  requests(): StrictRequest[]
  /** Forgets what has been begun. */
  forget(): void
  close(): void
}

type Entry = { readonly request: number } & (
  | { readonly method: string; readonly target: string; readonly headers: readonly string[] }
  | { readonly text: string }
  | { readonly complete: boolean }
)

/** Starts one, for all tests of the file. */
export function startRecordingLoop(): RecordingLoop {
  const folder = mkdtempSync(join(tmpdir(), 'evenloop-test-'))
  const record = join(folder, 'record')
  writeFileSync(record, '')
  const address = `link+unix:${join(folder, 'loop.sock')}`
  startProgram(['loop', 'test/fixtures/recording-app.js', '--serve', address], { env: { RECORD: record }, shared: true })
  let forgotten = 0

  const all = (): StrictRequest[] => {
    const found = new Map<number, StrictRequest>()
    for (const line of readFileSync(record, 'utf8').split('\n')) {
      if (line === '') continue
      const entry = JSON.parse(line) as Entry
      const request = found.get(entry.request)
      if ('method' in entry) {
        const { method, target } = entry
        found.set(entry.request, { method, target, headers: pairs(entry.headers), body: '', complete: false })
      } else if ('text' in entry) found.set(entry.request, { ...request!, body: request!.body + entry.text })
      else found.set(entry.request, { ...request!, complete: entry.complete })
    }
    return [...found.values()]
  }
  return {
    address,
    requests: () => all().slice(forgotten),
    forget: () => {
      forgotten = all().length
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const pairs = (raw: readonly string[]): (readonly [string, string])[] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1]!] as const] : []))
