import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { findAppFile } from './app-file.ts'

let root: string
const write = (file: string, text = ''): void => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
  writeFileSync(path.join(root, file), text)
}

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'el-app-')))
})
afterEach(() => rmSync(root, { recursive: true }))

test.each([
  ['app.mjs', 'app.mjs', 'module', false],
  ['app.cts', 'app', 'commonjs', true],
  ['src/index.ts', 'src', 'module', true],
  ['lib/index.js', './lib/', 'module', false],
])('finds %s by %s', (file, asked, format, typescript) => {
  write('package.json', '{"type":"module"}')
  write(file)
  expect(findAppFile(asked, root)).toEqual({ path: path.join(root, file), format, typescript })
})

test('a directory is entered by the main of its package, whose type counts for its files', () => {
  write('package.json', '{"type":"module"}')
  write('api/package.json', '{"main":"build/server","type":"commonjs"}')
  write('api/build/server.js')
  expect(findAppFile('api', root)).toEqual({ path: path.join(root, 'api/build/server.js'), format: 'commonjs', typescript: false })
})

test('follows symbolic links, as the module’s own import.meta.url does', () => {
  write('releases/1/app.mjs')
  symlinkSync(path.join(root, 'releases/1'), path.join(root, 'current'))
  expect(findAppFile('current/app.mjs', root).path).toBe(path.join(root, 'releases/1/app.mjs'))
})

test('says what is missing, and what to use for other languages', () => {
  write('empty/readme.txt')
  write('app.py')
  expect(() => findAppFile('nothing.js', root)).toThrow(/app is nothing\.js: there is no such file/)
  expect(() => findAppFile('empty', root)).toThrow(/no package\.json with "main" and no index file/)
  expect(() => findAppFile('app.py', root)).toThrow(/--command "PROGRAM ARGS"/)
})
