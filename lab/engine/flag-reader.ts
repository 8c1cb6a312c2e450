import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { ConfigError, type ConfigProblem } from '../../core/errors.ts'

/** Reads the values of flags, and keeps what is wrong with them: whoever gave three wrong ones is told of three. */
export class FlagReader {
  readonly #problems: ConfigProblem[] = []

  refuse(flag: string, value: string, accepted: string): void {
    this.#problems.push({ key: flag, value, accepted, source: 'command line' })
  }

  /** @param parse undefined for what is not accepted; the fallback is taken where the flag was not given */
  read<Value>(
    flag: string,
    text: string | undefined,
    fallback: Value,
    parse: (text: string) => Value | undefined,
    accepted: string,
  ): Value {
    if (text === undefined) return fallback
    const value = parse(text)
    if (value === undefined) this.refuse(flag, text, accepted)
    return value ?? fallback
  }

  /** A file that is written when all is done: better refused now than after minutes. Without a name it goes to standard output. */
  output(flag: string, file: string | undefined): string | undefined {
    if (file !== undefined && file !== '' && !existsSync(dirname(resolve(file)))) this.refuse(flag, file, 'a file in a folder that exists')
    return file
  }

  /** @throws ConfigError with every value that was refused */
  end(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems)
  }
}

/** A number without sign or exponent, in these bounds. */
export function numberIn(text: string, least: number, most: number): number | undefined {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  return number >= least && number <= most ? number : undefined
}
