import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

/** The file in which the ledger app writes down each POST that it begins. */
export interface Ledger {
  readonly path: string
  /** How often each id was begun. */
  entries(): Map<string, number>
}

/** A fresh ledger, removed after the test. */
export function createLedger(): Ledger {
  const folder = temporaryFolder()
  const path = join(folder, 'ledger')
  writeFileSync(path, '')
  return {
    path,
    entries: () => {
      const counts = new Map<string, number>()
      for (const id of readFileSync(path, 'utf8').split('\n')) if (id !== '') counts.set(id, (counts.get(id) ?? 0) + 1)
      return counts
    },
  }
}

/** An empty folder, removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evenloop-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
