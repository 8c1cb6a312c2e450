import fc from 'fast-check'
import { expect, test } from 'vitest'

import { parameterNames } from './parameter-names.ts'

test.each([
  ['(a, b) => 1', ['a', 'b']],
  ['a => a', ['a']],
  ['async req => 1', ['req']],
  ['async function name(fastify, options) {}', ['fastify', 'options']],
  ['function* (a) {}', ['a']],
  ['method(req, res) {}', ['req', 'res']],
  ['function (a /* first, of two */, b // second\n) {}', ['a', 'b']],
  ['({ url, body: { x } }, res) => 1', ['', 'res']],
  ['(a = "),(", b = (1, 2), c = [1, 2]) => 1', ['a', 'b', 'c']],
  ['(...all) => 1', ['']],
  ['() => (a, b)', []],
  ['function () { [native code] }', []],
])('reads %s', (source, names) => {
  expect(parameterNames(source)).toEqual(names)
})

test('never throws and never runs away, whatever the text', () => {
  fc.assert(fc.property(fc.string(), (text) => Array.isArray(parameterNames(text))))
})
