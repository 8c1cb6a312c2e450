import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { spawnChild, type ChildExit } from './child-process.ts'
import { openSharedListener } from './shared-listener.ts'

/** Runs a program and gathers what it says until its end. */
function run(source: string) {
  const folder = mkdtempSync(path.join(tmpdir(), 'child-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'main.mjs')
  writeFileSync(file, source)
  const messages: unknown[] = []
  const lines: string[] = []
  let toldLine!: () => void
  const firstLine = new Promise<void>((resolve) => (toldLine = resolve))
  let settle!: (exit: ChildExit) => void
  const exited = new Promise<ChildExit>((resolve) => (settle = resolve))
  const child = spawnChild<object, unknown>(
    { path: file, env: process.env },
    {
      message: (message) => messages.push(message),
      line: (stream, line) => {
        lines.push(`${stream}: ${line}`)
        toldLine()
      },
      exit: settle,
    },
  )
  return { child, messages, lines, firstLine, exited }
}

test('what a child sent last is heard before its exit', async () => {
  const { messages, exited } = run(`process.send({ type: 'a' }); process.send({ type: 'b' }, () => process.exit(3))`)
  expect(await exited).toEqual({ code: 3, signal: null })
  expect(messages).toEqual([{ type: 'a' }, { type: 'b' }])
})

test('what an app sends that is no message of ours is not handed on', async () => {
  const { messages, exited } = run(
    `for (const each of ['ready', 7, null, { cmd: 'x' }, { type: 1 }]) process.send(each); process.disconnect()`,
  )
  await exited
  expect(messages).toEqual([])
})

test('both streams come line by line, the last one without its end too', async () => {
  const { lines, exited } = run(`console.log('one'); console.error('two'); process.stdout.write('three')`)
  await exited
  await expect.poll(() => lines.toSorted()).toEqual(['stderr: two', 'stdout: one', 'stdout: three'])
})

test('a child that dies before it took its handle is still reported', async () => {
  const listener = await openSharedListener('127.0.0.1:0')
  onTestFinished(() => listener.close())
  const { child, exited, firstLine } = run(`console.log('busy'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`)
  await firstLine
  child.send({ type: 'listen' }, listener.handle)
  child.kill('SIGKILL')
  expect(await exited).toEqual({ code: null, signal: 'SIGKILL' })
  child.send({ type: 'late' })
})
