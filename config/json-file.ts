import { LineCounter, parseDocument } from 'yaml'

import { readFileText, syntaxError } from './file-text.ts'
import type { ConfigFile } from './file.ts'
import { locate } from './yaml-file.ts'

/**
 * Reads a JSON file.
 * @throws UsageError with line and column when it is none
 */
export function readJsonFile(path: string): ConfigFile {
  const text = readFileText(path)
  const value = parseJson(path, text)
  // Valid JSON is valid YAML, and the YAML parser remembers where each key stands.
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false })
  return { path, value, where: (keyPath) => locate(path, document, lines, keyPath) }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // Node 20 tells the offset only, later versions add the line; an unexpected end has neither.
    const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length)
    const before = text.slice(0, offset).split('\n')
    const reason = message.replace(/ in JSON at position.*| after JSON at position.*| \(line \d+ column \d+\)$/, '')
    throw syntaxError(path, before.length, before.at(-1)!.length + 1, 'JSON', reason)
  }
}
