import { readFileSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'

import { RunError } from '../../core/errors.ts'

const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

export interface AppFile {
  /** Absolute, symbolic links resolved: what the module itself finds in import.meta.url. */
  readonly path: string
  readonly typescript: boolean
  readonly format: 'module' | 'commonjs'
}

/**
 * Finds the file of an app: a path as written, without its extension, or a directory with a package.json `main` or an index file.
 * @throws RunError when there is none
 */
export function findAppFile(app: string, cwd: string): AppFile {
  const asked = path.resolve(cwd, app)
  const found = fileAt(asked) ?? (isDirectory(asked) ? fileInDirectory(asked) : undefined)
  if (found === undefined) {
    const why = isDirectory(asked) ? 'the directory has no package.json with "main" and no index file' : 'there is no such file'
    throw new RunError(`app is ${app}: ${why} (looked at ${asked}); give the path of a JavaScript or TypeScript file`)
  }
  const real = realpathSync(found)
  if (!/\.[cm]?[jt]sx?$/.test(real) && !isNodeScript(real)) {
    throw new RunError(
      `app is ${app}: accepted are JavaScript and TypeScript files; run a program in another language with --command "PROGRAM ARGS"`,
    )
  }
  return { path: real, typescript: /\.[cm]?tsx?$/.test(real), format: formatOf(real) }
}

function fileAt(file: string): string | undefined {
  return ['', ...extensions].map((extension) => file + extension).find((each) => statSync(each, { throwIfNoEntry: false })?.isFile())
}

/** A program as npm installs them: no extension, and a first line that names Node. */
function isNodeScript(file: string): boolean {
  return path.extname(file) === '' && /^#!.*\bnode\b/.test(readFileSync(file, 'utf8').split('\n', 1)[0]!)
}

function fileInDirectory(directory: string): string | undefined {
  const main = packageField(directory, 'main')
  return (main === undefined ? undefined : fileAt(path.join(directory, main))) ?? fileAt(path.join(directory, 'index'))
}

const isDirectory = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false

function formatOf(file: string): 'module' | 'commonjs' {
  if (/\.m[jt]s$/.test(file)) return 'module'
  if (/\.c[jt]s$/.test(file)) return 'commonjs'
  return nearestType(path.dirname(file)) === 'module' ? 'module' : 'commonjs'
}

function nearestType(directory: string): string | undefined {
  for (let at = directory; ; at = path.dirname(at)) {
    if (statSync(path.join(at, 'package.json'), { throwIfNoEntry: false }) !== undefined) return packageField(at, 'type')
    if (at === path.dirname(at) || path.basename(at) === 'node_modules') return undefined
  }
}

function packageField(directory: string, name: string): string | undefined {
  try {
    const value = (JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) as Record<string, unknown>)[name]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
