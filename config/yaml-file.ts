import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml'

import { UsageError } from '../core/errors.ts'
import { readFileText, syntaxError } from './file-text.ts'
import type { ConfigFile } from './file.ts'

/**
 * Reads a YAML 1.2 file.
 * @throws UsageError with line and column when it is none
 */
export function readYamlFile(path: string): ConfigFile {
  const lines = new LineCounter()
  const document = parseDocument(readFileText(path), { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0])
    throw syntaxError(path, line, col, 'YAML', error.message)
  }
  return { path, value: toJson(path, document), where: (keyPath) => locate(path, document, lines, keyPath) }
}

/** Aliases may refer to what they stand in, and a few of them may stand for gigabytes: neither is a configuration. */
function toJson(path: string, document: Document.Parsed): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    JSON.stringify(value)
    return value
  } catch (error) {
    throw new UsageError(`${path}: an alias cannot be resolved: ${(error as Error).message.split('\n', 1)[0]}`)
  }
}

/** `FILE:LINE:COLUMN` of a key in a parsed file. */
export function locate(path: string, document: Document.Parsed, lines: LineCounter, keyPath: readonly string[]): string {
  const parent = keyPath.length > 1 ? document.getIn(keyPath.slice(0, -1), true) : document.contents
  const key = isMap(parent)
    ? parent.items.map((item) => item.key).find((node) => isScalar(node) && String(node.value) === keyPath.at(-1))
    : undefined
  if (!isScalar(key) || !key.range) return path
  const { line, col } = lines.linePos(key.range[0])
  return `${path}:${line}:${col}`
}
