import fc from 'fast-check'
import { expect, test } from 'vitest'

import { placeholderOf, splitCommand } from './command.ts'

test.each([
  ['uvicorn app:app --uds {socket}', ['uvicorn', 'app:app', '--uds', '{socket}']],
  ['  a\t b  ', ['a', 'b']],
  [`sh -c 'echo "x y" $HOME'`, ['sh', '-c', 'echo "x y" $HOME']],
  [`a "b \\"c\\" \\n" d\\ e`, ['a', 'b "c" \\n', 'd e']],
  [`a '' b""c`, ['a', '', 'bc']],
])('splits %s as a shell does', (command, words) => {
  expect(splitCommand(command)).toEqual(words)
})

test('words in single quotes come back as they are', () => {
  const word = fc.string().map((text) => text.replaceAll("'", ''))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      expect(splitCommand(['program', ...words.map((each) => `'${each}'`)].join(' '))).toEqual(['program', ...words])
    }),
  )
})

test('refuses an empty command and a quote that is not closed', () => {
  expect(() => splitCommand('  ')).toThrow('command is empty')
  expect(() => splitCommand('a "b')).toThrow('a " in it is not closed')
})

test('a command says one place for its address', () => {
  expect(placeholderOf('a {socket}')).toBe('socket')
  expect(placeholderOf('a --port={port}')).toBe('port')
  expect(() => placeholderOf('a')).toThrow('it must say {socket} or {port}')
  expect(() => placeholderOf('a {port} {socket}')).toThrow('one of them')
})
