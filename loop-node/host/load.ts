import Module from 'node:module'
import { pathToFileURL } from 'node:url'

import type { AppFile } from './app-file.ts'

/** Loads an app as if it were the program itself, and returns what it exports. Errors are the app's own. */
export async function loadApp(file: AppFile): Promise<unknown> {
  // Programs ask `require.main === module`, or compare import.meta.url with this, before they call .listen().
  process.argv = [process.argv[0]!, file.path]
  if (file.typescript) await registerTypeScript()
  if (file.format === 'module') return import(pathToFileURL(file.path).href)
  const exported = loadMain(file.path)
  // A file that does not say what it is turned out to have ESM syntax: Node loads it as a module and forgets the
  // main module. This import waits for the same module.
  return process.mainModule === undefined ? import(pathToFileURL(file.path).href) : exported
}

// What Node itself calls for `node FILE`. The public Module.runMain() does the same but returns nothing.
function loadMain(path: string): unknown {
  return (Module as unknown as { _load(path: string, parent: null, isMain: boolean): unknown })._load(path, null, true)
}

async function registerTypeScript(): Promise<void> {
  const [esm, cjs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')])
  esm.register()
  cjs.register()
}
