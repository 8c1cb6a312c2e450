import { methodIds } from '../link/request-head.ts'

/** Comparing words that are still bytes, without making strings of them. */

const methods = Object.keys(methodIds).map((name) => Buffer.from(name))

/** Whether bytes [from, to) are one of the methods that the link lane serves. */
export function isServedMethod(bytes: Buffer, from: number, to: number): boolean {
  // Nearly every request is a GET.
  if (to - from === 3 && bytes[from] === 0x47 && bytes[from + 1] === 0x45 && bytes[from + 2] === 0x54) return true
  for (let i = 1; i < methods.length; i++) {
    const method = methods[i]!
    let same = 0
    while (same < method.length && method[same] === bytes[from + same]) same++
    if (same === method.length && same === to - from) return true
  }
  return false
}

/** Whether bytes [from, to) are this lower-case word, in any case. */
export function isWord(word: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (to - from !== word.length) return false
  for (let i = 0; i < word.length; i++) {
    const byte = bytes[from + i]!
    const folded = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    if (folded !== word[i]) return false
  }
  return true
}
