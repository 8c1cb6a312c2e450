import { closeSync, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'

import { pino } from 'pino'

// How much waits for a reader that does not read, or a disk that is full.
const mostWaiting = 1_048_576
// Several balancers write to one pipe: up to PIPE_BUF bytes, 4,096 on Linux, are not mixed with what others write.
const pipeBytes = 4_096
const fileBytes = 65_536
const latestMs = 200
const lookEveryMs = 1_000
const firstRetryMs = 2
const longestRetryMs = 128
// Personal data may be in it.
const fileMode = 0o640
const lineEnd = 0x0a

type Stream = ReturnType<typeof pino.destination>

/**
 * Writes lines to a file or to an open descriptor, many with each system call and never waiting for it: where they are not taken,
 * 1 MiB of them is kept and the rest is dropped and told of. A file that was moved away (logrotate) is opened anew.
 */
export class AccessLogFile {
  readonly #stream: Stream
  readonly #path: string | undefined
  readonly #size: number
  readonly #onLost: (lines: number, reason: string) => void
  readonly #looker: NodeJS.Timeout
  #flusher: NodeJS.Timeout | undefined = undefined
  #chunk: Buffer
  #used = 0
  #identity: string
  #lost = 0
  #reason: string | undefined = undefined
  #retryMs = firstRetryMs
  #retrier: NodeJS.Timeout | undefined = undefined
  /** Nothing is written any more. */
  #gone = false

  /**
   * @param target a path, or a descriptor
   * @param onLost called once a second at most, where lines could not be written
   * @throws NodeJS.ErrnoException where the file cannot be opened
   */
  constructor(target: string | number, onLost: (lines: number, reason: string) => void) {
    const stats = typeof target === 'number' ? fstatSync(target) : probe(target)
    this.#path = typeof target === 'string' && stats.isFile() ? target : undefined
    this.#identity = identityOf(stats)
    this.#size = stats.isFile() ? fileBytes : pipeBytes
    this.#chunk = Buffer.allocUnsafeSlow(this.#size)
    this.#onLost = onLost
    this.#stream = pino.destination({
      dest: target,
      // A pipe takes little at a time: one write in each turn of a busy event loop would be too few.
      sync: typeof target === 'number' && neverWaits(target),
      mode: fileMode,
      contentMode: 'buffer',
      maxWrite: stats.isFile() ? mostWaiting : pipeBytes,
      maxLength: mostWaiting,
      // For `flush`, which does nothing where there is no least length.
      minLength: 1,
      // It would wait 100 ms each time that a pipe is full, and pass on 640 KB a second at most.
      retryEAGAIN: () => false,
    })
    this.#stream.on('drop', (chunk: unknown) => (this.#lost += linesIn(chunk as Buffer)))
    this.#stream.on('write', () => (this.#retryMs = firstRetryMs))
    this.#stream.on('error', (error: NodeJS.ErrnoException) => this.#failed(error))
    this.#flushSafely()
    process.once('exit', this.#atExit)
    this.#looker = setInterval(() => void this.#look(), lookEveryMs).unref()
  }

  /** @param line ASCII, with its end */
  write(line: string): void {
    if (this.#gone) return void (this.#lost += 1)
    if (this.#used + line.length > this.#size) this.#push()
    this.#used += this.#chunk.write(line, this.#used, 'latin1')
    this.#flusher ??= setTimeout(() => this.#push(), latestMs).unref()
  }

  readonly #atExit = (): void => this.#stream.flushSync()

  /** Writes what there is, and resolves when that is done or has taken too long. */
  async close(limitMs: number): Promise<void> {
    this.#push()
    clearInterval(this.#looker)
    process.off('exit', this.#atExit)
    if (this.#gone) return
    this.#gone = true
    await new Promise<void>((resolve) => {
      const limit = setTimeout(resolve, limitMs)
      this.#stream.once('close', () => {
        clearTimeout(limit)
        resolve()
      })
      this.#stream.end()
    })
    clearTimeout(this.#retrier)
  }

  #push(): void {
    clearTimeout(this.#flusher)
    this.#flusher = undefined
    if (this.#used === 0) return
    const full = this.#chunk.subarray(0, this.#used)
    this.#chunk = Buffer.allocUnsafeSlow(this.#size)
    this.#used = 0
    // Its types know nothing of the mode in which it takes bytes.
    this.#stream.write(full as unknown as string)
  }

  /** At the process's exit, also at a crash, pino may call it as well: what is not taken at once must not keep the process. */
  #flushSafely(): void {
    const stream = this.#stream
    const flushSync = stream.flushSync.bind(stream)
    stream.flushSync = () => {
      try {
        this.#push()
        flushSync()
      } catch {
        // Nobody takes it, and nobody can be told any more.
      }
    }
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (error.code === 'EAGAIN') return this.#retryLater()
    this.#reason = error.message
    // The reader of a pipe does not come back.
    if (error.code === 'EPIPE') this.#gone = true
  }

  /** What is written to is full. */
  #retryLater(): void {
    if (this.#retrier !== undefined) return
    this.#retrier = setTimeout(() => {
      this.#retrier = undefined
      this.#retryMs = Math.min(2 * this.#retryMs, longestRetryMs)
      this.#stream.flush()
    }, this.#retryMs)
  }

  async #look(): Promise<void> {
    if (this.#lost > 0 || this.#reason !== undefined)
      this.#onLost(this.#lost, this.#reason ?? 'it is not read, or not written, fast enough')
    this.#lost = 0
    this.#reason = undefined
    if (this.#path === undefined) return
    const identity = await stat(this.#path).then(identityOf, () => undefined)
    if (identity === this.#identity) return
    this.#identity = identity ?? ''
    this.#stream.reopen()
  }
}

/** Whether a file can be opened, and which one it is. */
function probe(path: string): Stats {
  const descriptor = openSync(path, 'a', fileMode)
  try {
    return fstatSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const identityOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`

function linesIn(chunk: Buffer): number {
  let count = 0
  for (const byte of chunk) if (byte === lineEnd) count++
  return count
}

const nonBlocking = 0o4000

/**
 * Whether a write to it says that it is full instead of waiting. Node makes standard output so where it is a pipe or a socket. Only
 * Linux tells; elsewhere writes are left to other threads.
 */
function neverWaits(descriptor: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & nonBlocking) !== 0
  } catch {
    return false
  }
}
