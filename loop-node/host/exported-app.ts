import { classify } from './classify.ts'

// Without a default export, these names say plainly enough what they hold.
const names = ['app', 'server', 'listener', 'handler', 'plugin']

/** The value of a loaded module that may be an app: its default export through every kind of interop, or a well-known name. */
export function exportedApp(loaded: unknown): unknown {
  const value = unwrapDefault(loaded)
  if (classify(value) !== undefined) return value
  for (const holder of [value, loaded]) {
    if (typeof holder !== 'object' || holder === null) continue
    const named = names.map((name) => (holder as Record<string, unknown>)[name]).find((each) => classify(each) !== undefined)
    if (named !== undefined) return named
  }
  return value
}

/** Says what a module exports, for the message that it is no app. */
export function describeExports(loaded: unknown): string {
  const value = exportedApp(loaded)
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'function')
    return `${/^class\b/.test(String(value)) ? 'a class' : 'a function'}${value.name === '' ? '' : ` named ${value.name}`}`
  if (typeof value !== 'object') return `a ${typeof value}`
  const keys = Object.keys(value)
  return keys.length === 0 ? 'nothing' : `an object with ${keys.slice(0, 8).join(', ')}`
}

// A module namespace, `module.exports.default` as compilers write it, and both at once (ESM importing such a file).
function unwrapDefault(value: unknown): unknown {
  for (let depth = 0; depth < 2; depth++) {
    if (typeof value !== 'object' || value === null || !('default' in value)) return value
    if (classify(value) !== undefined) return value
    value = value.default
  }
  return value
}
