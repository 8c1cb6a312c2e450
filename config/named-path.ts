import { statSync } from 'node:fs'
import { resolve } from 'node:path'

import type { ConfigProblem } from '../core/errors.ts'

import type { Origin } from './layer.ts'

/**
 * The absolute path of a file that a key names, and what is wrong with it, if anything is.
 * @param base the folder that the name counts from
 * @param role what the file is, for people: `the app`
 */
export function namedPath(
  name: string,
  base: string,
  origin: Origin,
  role: string,
): { readonly path: string; readonly problem?: ConfigProblem } {
  const path = resolve(base, name)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return { path, problem: { ...origin, value: name, accepted: `a file that exists (there is no ${path})` } }
  if (stats.isDirectory())
    return { path, problem: { ...origin, value: name, accepted: `a file (${path} is a folder; name the file in it that is ${role})` } }
  return { path }
}
