import { headerNames } from '../../link/header-names.ts'

// By every spelling that has a number on the link: a look-up costs less than to change the case.
const lowerCase = new Map(headerNames.map((name) => [name, name.toLowerCase()]))

/**
 * What `req.headers` shows where every field stands there once, as in most requests; else undefined. Node's own rules are
 * about fields that come again; to ask them for every field costs a fifth of the loop's time for a small request.
 */
export function plainHeaders(rawHeaders: readonly string[]): Record<string, string> | undefined {
  const fields: Record<string, string> = {}
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = lowerCase.get(rawHeaders[at]!) ?? rawHeaders[at]!.toLowerCase()
    // Also for names that every object has, such as `constructor`. Of set-cookie Node makes an array.
    if (fields[name] !== undefined || name === 'set-cookie') return undefined
    fields[name] = rawHeaders[at + 1]!
  }
  return fields
}
