import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'

import { UsageError } from '../core/errors.ts'

import type { ConfigFile } from './file.ts'

/**
 * Runs a configuration file in TypeScript or JavaScript; its default export is the configuration, or a function
 * (async or not) that returns it.
 * @throws UsageError when it throws, or exports nothing
 */
export async function readModuleFile(path: string): Promise<ConfigFile> {
  let value: unknown
  try {
    const exported = defaultExport(await importModule(path))
    value = typeof exported === 'function' ? await (exported as () => unknown)() : exported
  } catch (error) {
    throw new UsageError(`${path}: failed: ${describe(error, basename(path))}`)
  }
  if (value === undefined)
    throw new UsageError(`${path}: has no configuration; accepted: export default { … }, or a function that returns it`)
  return { path, value, where: () => path }
}

async function importModule(path: string): Promise<unknown> {
  const url = pathToFileURL(path).href
  if (/\.m?js$/.test(path)) return await import(url)
  const { tsImport } = await import('tsx/esm/api')
  return (await tsImport(url, import.meta.url)) as unknown
}

// CommonJS that was compiled from `export default` arrives as { default: { default: … } }.
function defaultExport(module: unknown): unknown {
  let exported = module
  for (let depth = 0; depth < 2 && typeof exported === 'object' && exported !== null && 'default' in exported; depth++)
    exported = exported.default
  return exported === module ? undefined : exported
}

/** The message, and the line of the file itself where the stack tells it. */
function describe(error: unknown, name: string): string {
  if (!(error instanceof Error)) return String(error)
  const line = error.stack?.split('\n').find((frame) => frame.trimStart().startsWith('at ') && frame.includes(name))
  return line === undefined ? error.message : `${error.message} (${line.trim()})`
}
