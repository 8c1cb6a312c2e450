import { expect, test } from 'vitest'

import { readLine } from './log-lines.ts'

test('a JSON line of pino keeps its level, message and fields', () => {
  const line = '{"level":50,"time":1,"pid":9,"hostname":"h","role":"balancer","msg":"no","reqId":"a"}'
  expect(readLine(line, 'stdout')).toEqual({ level: 'error', message: 'no', fields: { reqId: 'a' } })
})

test.each([['{"a":1}'], ['{broken'], ['plain'], ['{"level":"info","msg":"winston"}']])('%s is a message as it is', (line) => {
  expect(readLine(line, 'stdout')).toEqual({ level: 'info', message: line, fields: {} })
  expect(readLine(line, 'stderr').level).toBe('warn')
})
