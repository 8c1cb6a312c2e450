import { setTimeout as delay } from 'node:timers/promises'

let passed = 0
let failed = 0

/** Runs one check, says how it went, and goes on: containers take long to start, so one run shows every failure. True where it passed. */
export async function check(name: string, act: () => void | Promise<void>): Promise<boolean> {
  try {
    await act()
    passed += 1
    console.log(`ok      ${name}`)
    return true
  } catch (error) {
    failed += 1
    console.log(`FAILED  ${name}\n        ${describe(error)}`)
    return false
  }
}

/** The closing line, and the exit status. */
export function conclude(): 0 | 1 {
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

/** Asks until the answer is true. */
export async function until(what: string, ask: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`waited ${limitMs / 1000} s in vain for ${what}`)
    await delay(250)
  }
}

function describe(error: unknown): string {
  const { message, stderr } = error as { message?: string; stderr?: string }
  return `${message ?? String(error)}${stderr ? `\n${stderr.slice(-2_000)}` : ''}`.replaceAll('\n', '\n        ')
}
