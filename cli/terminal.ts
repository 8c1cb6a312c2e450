/** Where a command writes, as far as its looks depend on it. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** Whether standard output is a terminal that can be redrawn. */
  readonly isInteractive: boolean
  readonly hasColours: boolean
  /** Whether standard error is one, for progress that overwrites itself. */
  readonly showsProgress: boolean
  /** Lines that fit on the screen. */
  rows(): number
  /** Calls back when the user presses q or Ctrl-C, or the process is told to end; returns how to stop listening. */
  onQuit(listener: () => void): () => void
}

const codes = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1, dim: 2 }
export type Colour = keyof typeof codes

/** Colours a text, or leaves it. */
export const paint = (text: string, colour: Colour | undefined, isOn: boolean): string =>
  isOn && colour !== undefined ? `\u001B[${codes[colour]}m${text}\u001B[0m` : text

/** The terminal of this process. Colours end where they are not wanted: https://no-color.org */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process
  const isInteractive = stdout.isTTY && env['TERM'] !== 'dumb'
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isInteractive,
    hasColours: isInteractive && (env['NO_COLOR'] ?? '') === '',
    showsProgress: stderr.isTTY && env['TERM'] !== 'dumb',
    rows: () => stdout.rows || 24,
    onQuit: listenForQuit,
  }
}

function listenForQuit(listener: () => void): () => void {
  const { stdin } = process
  // In raw mode Ctrl-C is a byte like any other, and no signal.
  const onKeys = (keys: Buffer): void => {
    if (/[qQ\u0003]/.test(keys.toString('latin1'))) listener()
  }
  if (stdin.isTTY) stdin.setRawMode(true).on('data', onKeys)
  process.on('SIGINT', listener).on('SIGTERM', listener)
  return () => {
    process.off('SIGINT', listener).off('SIGTERM', listener)
    if (stdin.isTTY) stdin.off('data', onKeys).setRawMode(false).pause()
  }
}
