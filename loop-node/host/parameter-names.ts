/**
 * The names of a function's parameters, as far as its text shows them: a destructured or rest parameter counts
 * as an empty name, and native or bound functions show none.
 */
export function parameterNames(source: string): readonly string[] {
  const text = source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) return []
  const single = /^\s*(?:async\s+)?([\w$]+)\s*=>/.exec(text)
  if (single !== null) return [single[1]!]
  const open = text.indexOf('(')
  if (open < 0) return []
  return splitTopLevel(text, open + 1).map((parameter) => /^[\w$]+/.exec(parameter)?.[0] ?? '')
}

/** The comma-separated parts from `from` to the parenthesis that closes them. */
function splitTopLevel(text: string, from: number): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let start = from
  for (let at = from; at < text.length; at++) {
    const char = text[at]!
    if (char === '"' || char === "'" || char === '`') at = endOfString(text, at)
    else if ('([{'.includes(char)) depth++
    else if (depth === 0 && (char === ',' || char === ')')) {
      const part = text.slice(start, at).trim()
      if (part !== '') parts.push(part)
      if (char === ')') break
      start = at + 1
    } else if (')]}'.includes(char)) depth--
  }
  return parts
}

function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === text[open]) return at
  }
  return text.length
}
