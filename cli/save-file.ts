import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { basename, resolve } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { RunError } from '../core/errors.ts'

export interface SaveWishes {
  /** The path that the user asked for; otherwise the name that the cluster gives, in `cwd`. */
  readonly out: string | undefined
  readonly cwd: string
  readonly onBytes: (bytes: number) => void
}

/**
 * Writes the body of an answer to a file. What is not complete never bears the file's name.
 * @returns the path and the size in bytes
 * @throws RunError where the file cannot be written or the answer breaks off
 */
export async function saveFile(response: IncomingMessage, { out, cwd, onBytes }: SaveWishes): Promise<{ path: string; bytes: number }> {
  const path = resolve(cwd, out ?? nameOf(response))
  const partial = `${path}.part`
  let bytes = 0
  const count = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length
      onBytes(bytes)
      done(null, chunk)
    },
  })
  try {
    // A heap holds the secrets of the app: the file is its owner's alone.
    await rm(partial, { force: true })
    await pipeline(response, count, createWriteStream(partial, { mode: 0o600, flags: 'wx' }))
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    const cause = (error as NodeJS.ErrnoException).code === 'ECONNRESET' ? 'the cluster broke off its answer' : (error as Error).message
    throw new RunError(`${path} was not written: ${cause}`, { cause: error })
  }
  return { path, bytes }
}

/** Of the name that a server gives only the last part: it must not choose the folder. */
function nameOf(response: IncomingMessage): string {
  const given = /filename="([^"]+)"/.exec(response.headers['content-disposition'] ?? '')?.[1] ?? ''
  const name = basename(given.replaceAll('\\', '/')).replaceAll(/[^\w.-]/g, '_')
  return /^\w/.test(name) ? name : 'evenloop-download'
}
