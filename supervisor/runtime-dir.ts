import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

import { RunError } from '../core/errors.ts'

// 107 bytes for a socket's path (unix(7)), less the longest socket name in it: `/1023.99999.9999999.sock`.
const maxFolderBytes = 107 - 24

/** The folder of this cluster's sockets, open to its user alone. */
export interface RuntimeDir {
  readonly path: string
  remove(): void
}

/**
 * Makes a fresh folder with a short path.
 * @param preferred XDG_RUNTIME_DIR, where the operator's session has one
 * @throws RunError where no folder can be written or every path is too long
 */
export function createRuntimeDir(preferred: string | undefined): RuntimeDir {
  const problems: string[] = []
  for (const parent of [preferred, os.tmpdir(), '/tmp']) {
    if (parent === undefined || parent === '') continue
    const prefix = path.resolve(parent, 'evenloop-')
    if (Buffer.byteLength(prefix) + 6 > maxFolderBytes) {
      problems.push(`${parent} is too long for the path of a unix socket`)
      continue
    }
    try {
      const made = mkdtempSync(prefix)
      return { path: made, remove: () => rmSync(made, { recursive: true, force: true }) }
    } catch (error) {
      problems.push((error as Error).message)
    }
  }
  throw new RunError(`no folder for the loops' sockets can be made: ${problems.join('; ')}. Set TMPDIR to a folder that can be written`)
}
