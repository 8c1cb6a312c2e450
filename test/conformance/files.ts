import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Bytes that look random and are the same in every run. */
export function patternBytes(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let state = 1
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[i] = state >>> 16
  }
  return bytes
}

const contents: Readonly<Record<string, string | Buffer>> = {
  'hello.txt': 'Hello, file.\n',
  'page.html': '<!doctype html><title>page</title><p>page</p>\n',
  'data.json': JSON.stringify({ numbers: Array.from({ length: 500 }, (_, n) => n) }),
  'empty.txt': '',
  'big.bin': patternBytes(3 * 1024 * 1024),
  'sub/index.html': '<!doctype html><title>sub</title>\n',
  '.hidden': 'hidden\n',
  'naïve name.txt': 'a name with a space and an umlaut\n',
}

/** Writes the files that the apps serve, each with the same time of change, and returns their directory and its remover. */
export function makeFiles(): { directory: string; remove: () => void } {
  const directory = mkdtempSync(path.join(tmpdir(), 'conformance-'))
  for (const [name, content] of Object.entries(contents)) {
    const file = path.join(directory, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
    utimesSync(file, 1_700_000_000, 1_700_000_000)
  }
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) }
}
