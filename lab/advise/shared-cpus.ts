import type { VirtualTime } from '../virtual-time.ts'

interface Job {
  /** On the clock of the work, see below. */
  readonly ends: number
  readonly done: () => void
}

/** CPUs that all who compute share in equal parts; nobody can use more than one. */
export class SharedCpus {
  readonly #time: VirtualTime
  readonly #cpus: number
  // A clock that runs as fast as each job does: a job's end on it never moves, however many others come and go.
  #work = 0
  #at = 0
  #jobs: Job[] = []
  #version = 0

  constructor(time: VirtualTime, cpus: number) {
    this.#time = time
    this.#cpus = cpus
  }

  /** Computes for so long, were a CPU free all the time. */
  use(ms: number, done: () => void): void {
    if (ms <= 0) return done()
    this.#advance()
    this.#jobs.push({ ends: this.#work + ms, done })
    this.#plan()
  }

  #speed(): number {
    return Math.min(1, this.#cpus / Math.max(1, this.#jobs.length))
  }

  #advance(): void {
    const now = this.#time.now()
    this.#work += (now - this.#at) * this.#speed()
    this.#at = now
  }

  #plan(): void {
    const version = ++this.#version
    if (this.#jobs.length === 0) return
    const ends = this.#jobs.reduce((earliest, job) => Math.min(earliest, job.ends), Number.POSITIVE_INFINITY)
    this.#time.later(Math.max(0, ends - this.#work) / this.#speed(), () => {
      // Somebody came or went meanwhile, and planned anew.
      if (version !== this.#version) return
      this.#advance()
      this.#work = Math.max(this.#work, ends)
      const over = this.#jobs.filter((job) => job.ends <= ends)
      this.#jobs = this.#jobs.filter((job) => job.ends > ends)
      this.#plan()
      for (const job of over) job.done()
    })
  }
}
