import { Type } from 'typebox'

/** One of these words. */
export const literal = <const T extends string>(values: readonly T[], options: { description: string; default: T }) =>
  Type.Unsafe<T>({ type: 'string', enum: values, ...options })

/** A whole number, 0 or more. */
export const count = (options: { description: string; default?: number; minimum?: number; maximum?: number }) =>
  Type.Integer({ minimum: 0, ...options })

/** A whole number, or a word that lets the program decide. */
export const countOr = <const W extends string>(
  words: readonly W[],
  options: { description: string; default: number | W; minimum: number; maximum: number },
) =>
  Type.Unsafe<number | W>({
    anyOf: [
      { type: 'integer', minimum: options.minimum, maximum: options.maximum },
      { type: 'string', enum: words },
    ],
    description: options.description,
    default: options.default,
  })

/** A group of keys that has no others. */
export const strict = { additionalProperties: false }
