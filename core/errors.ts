/**
 * The catalogue of errors that an operator can see. Each says what is wrong, with which value, what is
 * accepted, and where it was read; the exit status follows from the class.
 */

/** Wrong usage or configuration: exit status 2. */
export class UsageError extends Error {
  readonly exitCode: 1 | 2 = 2
  override readonly name: string = 'UsageError'
}

export interface ConfigProblem {
  /** The key, flag or variable as the operator wrote it: `limits.headerBytes`, `--loops`, `EVENLOOP_LOOPS`. */
  readonly key: string
  /** The value given, already printable; undefined where the key itself is the problem. */
  readonly value?: string | undefined
  /** What is accepted, as a phrase: `a whole number from 1 to 1024, or auto`. */
  readonly accepted: string
  /** Where it was read: a place in a file (`/app/evenloop.config.yaml:3:1`), `environment` or `command line`. */
  readonly source: string
  /** The nearest known key, for a key that does not exist. */
  readonly suggestion?: string | undefined
}

/** One or more problems in what the operator said. All are listed at once, a line each. */
export class ConfigError extends UsageError {
  override readonly name: string = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}

/** A failure while running, with cause and remedy in the message: exit status 1. */
export class RunError extends Error {
  readonly exitCode: 1 | 2 = 1
  override readonly name: string = 'RunError'
}

function formatProblem(problem: ConfigProblem): string {
  const { key, value, accepted, source, suggestion } = problem
  if (value === undefined) {
    const hint = suggestion === undefined ? accepted : `did you mean ${suggestion}?`
    return `${source}: unknown ${kindOf(key)} ${key}; ${hint}`
  }
  return `${source}: ${key} is ${value}; accepted: ${accepted}`
}

function kindOf(key: string): string {
  if (key.startsWith('-')) return 'flag'
  return key.startsWith('EVENLOOP_') ? 'variable' : 'key'
}
