import type { Debugger } from 'node:inspector'
import { SourceMap } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type { StackFrame } from '../../core/stack.ts'
import type { Inspected } from './inspected.ts'

// The debugger stops a thread at the next call or turn of a loop, which is at once. What has not come by then will not.
const limitMs = 2_000
// A stack may have ten thousand calls that are all the same.
const maxFrames = 30

type Script = Debugger.ScriptParsedEventDataType

/**
 * Stops a thread for a few milliseconds to see what it executes. The main thread only from one that stays: see inspector-thread.ts.
 * @throws Error where it does not stop, as the rest of a sentence that says why
 */
export async function takeStack(inspected: Inspected): Promise<StackFrame[]> {
  const scripts = new Map<string, Script>()
  inspected.onEvent((method, params) => {
    if (method === 'Debugger.scriptParsed') scripts.set((params as Script).scriptId, params as Script)
  })
  const limit = new AbortController()
  const late = sleep(limitMs, undefined, { signal: limit.signal }).catch(() => undefined)
  try {
    const calls = await Promise.race([pause(inspected), late])
    if (calls === undefined)
      throw new Error('it waits in a call that is not JavaScript (a synchronous child process, native code), or its process is stopped')
    await inspected.post('Debugger.resume')
    await inspected.post('Debugger.disable')
    return calls.slice(0, maxFrames).map((call) => frameOf(call, scripts.get(call.location.scriptId)))
  } finally {
    limit.abort()
    inspected.disconnect()
  }
}

async function pause(inspected: Inspected): Promise<Debugger.CallFrame[]> {
  const paused = new Promise<Debugger.CallFrame[]>((resolve) =>
    inspected.onEvent((method, params) => {
      if (method === 'Debugger.paused') resolve((params as Debugger.PausedEventDataType).callFrames)
    }),
  )
  await inspected.post('Debugger.enable')
  await inspected.post('Debugger.pause')
  return await paused
}

/** The engine counts lines and columns from 0. */
function frameOf(
  { functionName: name, location: { lineNumber, columnNumber = 0 } }: Debugger.CallFrame,
  script: Script | undefined,
): StackFrame {
  const url = script?.url ?? ''
  const written = originOf(script?.sourceMapURL, lineNumber, columnNumber)
  if (written === undefined) return { name, file: pathOf(url), line: lineNumber + 1, column: columnNumber + 1 }
  const { originalSource, originalLine, originalColumn } = written
  const source = URL.canParse(originalSource, url) ? new URL(originalSource, url).href : originalSource
  return { name, file: pathOf(source), line: originalLine + 1, column: originalColumn + 1 }
}

/** Where the author wrote it, if the script brings its map along, as what tsx compiles does. */
function originOf(
  map: string | undefined,
  line: number,
  column: number,
): { originalSource: string; originalLine: number; originalColumn: number } | undefined {
  const [head = '', data] = map?.split(',', 2) ?? []
  if (data === undefined || !/^data:application\/json.*;base64$/.test(head)) return undefined
  try {
    const entry = new SourceMap(JSON.parse(Buffer.from(data, 'base64').toString())).findEntry(line, column)
    return 'originalSource' in entry ? entry : undefined
  } catch {
    // An app's compiler may write what no map is; the line of the compiled code is worth something too.
    return undefined
  }
}

function pathOf(url: string): string {
  if (url === '') return '(no file)'
  return url.startsWith('file:') ? fileURLToPath(url) : url
}
