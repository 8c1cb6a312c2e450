import { Type, type TUnsafe } from 'typebox'

/**
 * Values with a unit. People write `30s` or `512MiB`; the program holds milliseconds and bytes. The schema says
 * both forms, for editors, and `unit` tells the reader of the file which one to convert.
 */
export const durationPattern = '^\\d+(\\.\\d+)?(ms|s|m|h)$'
export const sizePattern = '^\\d+(\\.\\d+)?(B|KiB|MiB|GiB|kB|MB|GB)$'

interface Described {
  readonly description: string
  /** Milliseconds or bytes; the default of the key. */
  readonly default: number
  readonly minimum?: number
}

// The longest time that a Node timer can hold, 24.8 days: a longer one fires at once.
const maxDuration = 2 ** 31 - 1

/** A length of time; milliseconds once read. */
export const Duration = (options: Described): TUnsafe<number> =>
  Type.Unsafe<number>({
    type: ['integer', 'string'],
    minimum: 0,
    maximum: maxDuration,
    pattern: durationPattern,
    unit: 'duration',
    ...options,
  })

/** An amount of memory or data; bytes once read. */
export const Size = (options: Described): TUnsafe<number> =>
  Type.Unsafe<number>({ type: ['integer', 'string'], minimum: 0, pattern: sizePattern, unit: 'size', ...options })

const perUnit: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
}

/** Turns `1.5s` or `64KiB` into milliseconds or bytes; undefined where the text is neither. */
export function parseUnit(text: string, unit: 'duration' | 'size'): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  if (!new RegExp(unit === 'duration' ? durationPattern : sizePattern).test(text)) return undefined
  const split = text.search(/[a-zA-Z]/)
  return Math.round(Number(text.slice(0, split)) * perUnit[text.slice(split)]!)
}

const words: Record<'duration' | 'size', readonly string[]> = { duration: ['h', 'm', 's', 'ms'], size: ['GiB', 'MiB', 'KiB', 'B'] }

/** The shortest exact text that parseUnit reads as this amount: `1500` milliseconds are `1500ms`, `16384` bytes `16KiB`. */
export function formatUnit(amount: number, unit: 'duration' | 'size'): string {
  const word = words[unit].find((name) => amount % (perUnit[name] ?? 1) === 0)
  return amount === 0 || word === undefined ? String(amount) : `${amount / perUnit[word]!}${word}`
}
