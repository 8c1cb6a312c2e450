import { readFileSync } from 'node:fs'

import { UsageError } from '../core/errors.ts'

/**
 * Reads a configuration file as text, without the byte order mark that some editors write.
 * @throws UsageError when the file cannot be read
 */
export function readFileText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The error of a file that is no JSON or YAML, at a line and column. */
export const syntaxError = (path: string, line: number, column: number, language: string, message: string): UsageError =>
  new UsageError(`${path}:${line}:${column}: not valid ${language}: ${message}`)
