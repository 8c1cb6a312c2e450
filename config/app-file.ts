import { statSync } from 'node:fs'
import { resolve } from 'node:path'

import type { ConfigProblem } from '../core/errors.ts'

import type { Origin } from './layer.ts'

/** The absolute path of the app, and what is wrong with it, if anything is. `base` is the folder it was written in. */
export function findApp(app: string, base: string, origin: Origin): { readonly path: string; readonly problem?: ConfigProblem } {
  const path = resolve(base, app)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return { path, problem: { ...origin, value: app, accepted: `a file that exists (there is no ${path})` } }
  if (stats.isDirectory())
    return { path, problem: { ...origin, value: app, accepted: `a file (${path} is a folder; name the file in it that is the app)` } }
  return { path }
}
