import { METHODS } from 'node:http'

import type { Settings } from './schema.ts'

/** One entry of the setting `routes` that has the right form and still makes no sense. */
interface RouteProblem {
  readonly value: string
  readonly accepted: string
}

// Of each of these a route can have one.
const alternatives = [
  ['blocking', 'async'],
  ['high', 'normal', 'low'],
] as const

const methods: ReadonlySet<string> = new Set(METHODS)

/** What is wrong with the setting `routes` beyond its form: methods that do not exist, and words that contradict each other. */
export function routeProblems(routes: Settings['routes']): RouteProblem[] {
  return Object.entries(routes).flatMap(([route, words]) => {
    const [method = ''] = route.split(' ')
    if (!method.startsWith('/') && !methods.has(method)) {
      return [{ value: route, accepted: 'an HTTP method such as GET or POST before the path, or the path alone for every method' }]
    }
    const said = new Set(words.split(' '))
    return alternatives
      .filter((group) => group.filter((word) => said.has(word)).length > 1)
      .map((group) => ({ value: `${words} for ${route}`, accepted: `one of ${group.join(', ')}` }))
  })
}
