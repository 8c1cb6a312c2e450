import { RunError } from '../../core/errors.ts'

/**
 * Splits a command into program and arguments as a shell does with quotes and backslashes, and nothing else of
 * what a shell does: no variables, no globs, no pipes.
 * @throws RunError for an empty command or a quote that is not closed
 */
export function splitCommand(command: string): readonly [program: string, ...args: string[]] {
  const words: string[] = []
  let word: string | undefined
  let quote: '"' | "'" | undefined
  for (let at = 0; at < command.length; at++) {
    const char = command[at]!
    const next = command[at + 1]
    if (char === '\\' && quote !== "'" && next !== undefined && (quote === undefined || '"\\$`'.includes(next))) {
      word = (word ?? '') + next
      at++
    } else if (quote !== undefined) {
      if (char === quote) quote = undefined
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (quote !== undefined) throw new RunError(`command is ${command}; a ${quote} in it is not closed`)
  if (word !== undefined) words.push(word)
  const [program, ...args] = words
  if (program === undefined || program === '')
    throw new RunError('command is empty; accepted: "PROGRAM ARGS" with {socket} or {port} where its address belongs')
  return [program, ...args]
}

/** Which place for its address a command has. @throws RunError for none, or both */
export function placeholderOf(command: string): 'socket' | 'port' {
  const socket = command.includes('{socket}')
  if (socket === command.includes('{port}')) {
    throw new RunError(`command is ${command}; it must say {socket} or {port}, one of them, where the program is told its address`)
  }
  return socket ? 'socket' : 'port'
}
