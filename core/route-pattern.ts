import { noMethod } from './route-counts.ts'
import type { RouteName } from './status.ts'

/** One part of a route's pattern, between two slashes. */
export interface PatternSegment {
  /** `fixed` is one word; `one` stands for any segment that begins and ends so; `rest` for all that follows. */
  readonly kind: 'fixed' | 'one' | 'rest'
  /** The word itself, or what a segment begins with. */
  readonly text: string
  /** What a segment of the kind `one` ends with. */
  readonly suffix: string
}

/**
 * Reads a pattern as Fastify writes it: `/users/:id`, `/files/*`, `/:name.png`, `/from-:a-to-:b`, `/:id(\\d+)`, `/::literal`.
 * What a parameter may look like inside is not kept: the balancer runs no expression of the app's on what clients send.
 * @returns two ways to write it where its last parameter is optional (`/users/:id?`), and else one
 */
export function readPattern(pattern: string): PatternSegment[][] {
  const optional = /^(.*)(\/:[^/()]*)\?(\/?)$/.exec(pattern)
  if (optional === null) return [segmentsOf(pattern)]
  const [, before = '', parameter = '', slash = ''] = optional
  return [segmentsOf(before + parameter + slash), segmentsOf(before + slash)]
}

/** There is a pattern by which its requests can be told before they are made. */
export const isFindable = ({ method, route }: RouteName): boolean => method !== noMethod && (route.startsWith('/') || route === '*')

/** A path that the pattern matches: of the patterns beside it, those match it that match all of its paths. */
export const examplePath = (pattern: string): string => pathOf(readPattern(pattern)[0]!)

/** The same for all patterns that no path can tell apart: `/users/:id` and `/users/:name`. */
export const patternShape = (pattern: string): string => readPattern(pattern).map(pathOf).join(' ')

const pathOf = (segments: readonly PatternSegment[]): string =>
  segments.map(({ kind, text, suffix }) => `/${text}${marks[kind]}${suffix}`).join('')

const marks = { fixed: '', one: ':', rest: '*' } as const

function segmentsOf(pattern: string): PatternSegment[] {
  const segments: PatternSegment[] = []
  let at = pattern.startsWith('/') ? 1 : 0
  for (;;) {
    const end = segmentEnd(pattern, at)
    const segment = readSegment(pattern.slice(at, end))
    segments.push(segment)
    if (end === pattern.length || segment.kind === 'rest') return segments
    at = end + 1
  }
}

/** A slash in the expression of a parameter ends no segment: `/:file([^/]+)`. */
function segmentEnd(pattern: string, from: number): number {
  let parameter = false
  for (let at = from; at < pattern.length; at++) {
    const char = pattern[at]
    if (char === '/') return at
    if (char === ':') {
      if (pattern[at + 1] === ':') at++
      else parameter = true
    }
    if (char === '(' && parameter) at = expressionEnd(pattern, at)
  }
  return pattern.length
}

/** Where the parenthesis closes that opens here. */
function expressionEnd(pattern: string, from: number): number {
  let open = 0
  for (let at = from; at < pattern.length; at++) {
    const char = pattern[at]
    if (char === '\\') at++
    else if (char === '(') open++
    else if (char === ')' && --open === 0) return at
  }
  return pattern.length
}

function readSegment(segment: string): PatternSegment {
  const parameter = parameterAt(segment, 0)
  const literals = segment.slice(0, parameter)
  const star = literals.indexOf('*')
  if (star !== -1) return { kind: 'rest', text: literal(literals.slice(0, star)), suffix: '' }
  if (parameter === segment.length) return { kind: 'fixed', text: literal(segment), suffix: '' }
  let at = parameter
  let suffix = ''
  while (at < segment.length) {
    const end = parameterEnd(segment, at)
    at = parameterAt(segment, end)
    suffix = segment.slice(end, at)
  }
  return { kind: 'one', text: literal(literals), suffix: literal(suffix) }
}

/** Two colons are one that is meant. */
function parameterAt(segment: string, from: number): number {
  for (let at = from; at < segment.length; at++) {
    if (segment[at] !== ':') continue
    if (segment[at + 1] !== ':') return at
    at++
  }
  return segment.length
}

/** A parameter's name ends at a dash or a dot, and then there may be an expression. */
function parameterEnd(segment: string, from: number): number {
  let at = from + 1
  while (at < segment.length && segment[at] !== '(' && segment[at] !== '-' && segment[at] !== '.') at++
  return segment[at] === '(' ? Math.min(expressionEnd(segment, at) + 1, segment.length) : at
}

// An escaped percent sign stays escaped in the path that is compared: what follows it must not be taken for another escape.
const literal = (text: string): string => text.replaceAll('::', ':').replaceAll('%', '%25')
