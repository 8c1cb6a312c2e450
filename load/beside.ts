import { fileURLToPath } from 'node:url'

/** A program beside a module, and what Node needs to run it: compiled as the module is, or as TypeScript. */
export function besideThis(moduleUrl: string, name: string): { readonly path: string; readonly execArgv: string[] } {
  const isSource = moduleUrl.endsWith('.ts')
  return {
    path: fileURLToPath(new URL(`${name}.${isSource ? 'ts' : 'js'}`, moduleUrl)),
    execArgv: isSource ? ['--import', 'tsx'] : [],
  }
}
