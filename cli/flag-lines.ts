import { wrap } from './wrap.ts'

export interface FlagHelp {
  /** `--loops N|auto` */
  readonly head: string
  readonly text: string
}

const headWidth = 34
const textWidth = 80

/** Two columns: flags, and what they do. */
export function flagLines(flags: readonly FlagHelp[]): string[] {
  return flags.flatMap(({ head, text }) => {
    const [first = '', ...others] = wrap(text, textWidth)
    const indented = others.map((line) => ' '.repeat(headWidth + 4) + line)
    // A flag too long for its column gets a line of its own.
    return head.length > headWidth
      ? [`  ${head}`, ' '.repeat(headWidth + 4) + first, ...indented]
      : [`  ${head.padEnd(headWidth)}  ${first}`, ...indented]
  })
}
