import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { parseRoutes, readWorkload } from './workload.ts'

const problem = (value: unknown): string => {
  try {
    parseRoutes(typeof value === 'string' ? value : JSON.stringify(value), '/app/load.json')
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test('a file names routes, each with what it needs', () => {
  const routes = [
    { path: '/' },
    { method: 'POST', path: '/a?b=c', weight: 0.5, headers: { 'content-type': 'application/json' }, body: '{}' },
  ]
  expect(parseRoutes(JSON.stringify({ routes }), 'f')).toEqual([{ method: 'GET', path: '/', weight: 1 }, routes[1]])
})

test('a workload from a file bears its name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evenloop-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'load.json'), '{"routes":[{"path":"/x"}]}')
  expect(readWorkload('load.json', folder)).toEqual({ name: 'load.json', routes: [{ method: 'GET', path: '/x', weight: 1 }] })
  expect(() => readWorkload('other.json', folder)).toThrow(/--workload is other.json, which is no file.*accepted: io, cpu, mixed/)
})

test.each([
  ['no json', /\/app\/load\.json: the file is no JSON \(.*accepted: JSON/],
  [[], /the file is \[\]; accepted: an object with the key routes/],
  [{ routes: [] }, /routes is \[\]; accepted: a list of 1 to 100 routes/],
  [{ routes: ['/'] }, /routes\[0\] is "\/"; accepted: an object with path/],
  [{ routes: [{ method: 'get', path: '/' }] }, /routes\[0\]\.method is "get"; accepted: a method in capitals/],
  [{ routes: [{ path: 'users' }] }, /routes\[0\]\.path is "users"; accepted: a path that starts with \//],
  [{ routes: [{ path: '/a b' }] }, /routes\[0\]\.path is "\/a b"/],
  [{ routes: [{}] }, /routes\[0\]\.path is missing/],
  [{ routes: [{ path: '/', weight: 0 }] }, /routes\[0\]\.weight is 0; accepted: a number above 0/],
  [{ routes: [{ path: '/', headers: { 'a b': 'x' } }] }, /routes\[0\]\.headers is "a b"; accepted: names of headers/],
  [{ routes: [{ path: '/', headers: { 'Content-Length': '1' } }] }, /but not content-length/],
  [
    { routes: [{ path: '/', headers: { a: 'x\r\nHost: b' } }] },
    /routes\[0\]\.headers\.a is "x\\r\\nHost: b"; accepted: visible ASCII text/,
  ],
  [{ routes: [{ path: '/', body: {} }] }, /routes\[0\]\.body is \{\}; accepted: a text/],
  [{ routes: [{ path: '/', wieght: 2 }] }, /unknown key routes\[0\]\.wieght; accepted: method, path, weight, headers, body/],
])('%j is refused, and why is said', (value, message) => {
  expect(problem(value)).toMatch(message)
})

test('all that is wrong is told at once', () => {
  expect(problem({ routes: [{ path: 'a' }, { path: '/', weight: -1 }] }).split('\n')).toHaveLength(2)
})
