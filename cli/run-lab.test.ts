import { expect, test } from 'vitest'

import { parseArgs } from './args.ts'
import { labArguments } from './run-lab.ts'

test('a program of the lab gets the words as they were given, each flag with its value, and what looks like a flag as a name', () => {
  const flags = [
    { name: '--quick', description: '' },
    { name: '--models', value: 'LIST', description: '' },
    { name: '--json', value: 'FILE', valueIsOptional: true, description: '' },
  ]
  const words = (line: string): string[] => labArguments(parseArgs(line.split(' '), flags), flags)
  expect(words('app.js --quick --models async,hybrid --json')).toEqual(['--quick', '--models=async,hybrid', '--json=', '--', 'app.js'])
  expect(words('--json=a=b.json -- --app.js')).toEqual(['--json=a=b.json', '--', '--app.js'])
})
