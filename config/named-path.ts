import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import type { ConfigProblem } from '../core/errors.ts'

import type { Origin } from './layer.ts'

interface Named {
  readonly path: string
  readonly problem?: ConfigProblem
}

/**
 * The absolute path of a file that a key names, and what is wrong with it, if anything is.
 * @param base the folder that the name counts from
 * @param role what the file is, for people: `the app`
 */
export function namedPath(name: string, base: string, origin: Origin, role: string): Named {
  const path = resolve(base, name)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return { path, problem: { ...origin, value: name, accepted: `a file that exists (there is no ${path})` } }
  if (stats.isDirectory())
    return { path, problem: { ...origin, value: name, accepted: `a file (${path} is a folder; name the file in it that is ${role})` } }
  return { path }
}

/** The same for a file that may be made anew. */
export function namedNewFile(name: string, base: string, origin: Origin): Named {
  const path = resolve(base, name)
  const folder = dirname(path)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return { path, problem: { ...origin, value: name, accepted: `a file in a folder that exists (there is no folder ${folder})` } }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    return { path, problem: { ...origin, value: name, accepted: `a file (${path} is a folder; name a file in it)` } }
  return { path }
}
