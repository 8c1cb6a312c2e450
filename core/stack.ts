/** One call of a stack. */
export interface StackFrame {
  /** Of the function; empty where it has none. */
  readonly name: string
  /** A path, or what the engine calls it: `node:internal/timers` is a part of Node. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
}

/** The calls as lines, the innermost first: `load (/srv/app.js:12:3)`. */
export const stackLines = (frames: readonly StackFrame[]): string[] => frames.map(frameText)

/** The line that a reader looks for first: the innermost call that is not Node's own. Undefined where there is no call at all. */
export function ownLine(frames: readonly StackFrame[]): string | undefined {
  const frame = frames.find(({ file }) => !file.startsWith('node:')) ?? frames[0]
  return frame === undefined ? undefined : frameText(frame)
}

function frameText({ name, file, line, column }: StackFrame): string {
  const place = `${file}:${line}:${column}`
  return name === '' ? place : `${name} (${place})`
}
