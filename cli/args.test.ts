import { describe, expect, it } from 'vitest'

import { type OwnFlag, parseArgs, refuseUnknown } from './args.ts'

const own: readonly OwnFlag[] = [
  { name: '--json', description: '' },
  { name: '--config', value: 'FILE', description: '' },
  { name: '--save', value: 'FILE', valueIsOptional: true, description: '' },
  { name: '--serve', value: 'ADDRESS', isList: true, description: '' },
]
const parse = (line: string) => {
  const { positionals, own: known, flags } = parseArgs(line.split(' ').filter(Boolean), own)
  return { positionals, own: Object.fromEntries(known), flags: flags.map(({ name, value }) => [name, value]) }
}

describe('a command line', () => {
  it('is split into positionals, own flags and the rest', () => {
    expect(parse('app.js --loops 2 --json --config a.yaml --policy=p2c')).toEqual({
      positionals: ['app.js'],
      own: { '--json': [], '--config': ['a.yaml'] },
      flags: [
        ['--loops', '2'],
        ['--policy', 'p2c'],
      ],
    })
  })

  it('a value that may be left out is never the next word', () => {
    expect(parse('--save app.js')).toMatchObject({ positionals: ['app.js'], own: { '--save': [] } })
    expect(parse('--save=found.json app.js')).toMatchObject({ positionals: ['app.js'], own: { '--save': ['found.json'] } })
  })

  it('keeps what follows the first = of a flag', () => expect(parse('--env=A=1').flags).toEqual([['--env', 'A=1']]))

  it('takes a negative number for a value and -p for a mistaken flag', () => {
    expect(parse('--loops -1 -p 3').flags).toEqual([
      ['--loops', '-1'],
      ['-p', '3'],
    ])
  })

  it('leaves a flag without a value where the line ends or the next flag comes', () => {
    expect(parse('--loops --policy p2c --listen').flags).toEqual([
      ['--loops', undefined],
      ['--policy', 'p2c'],
      ['--listen', undefined],
    ])
  })

  it('takes addresses after one another, and the app after them', () => {
    expect(parse('--serve http://a:1 http+unix:/b app.js --serve http://c:2')).toMatchObject({
      positionals: ['app.js'],
      own: { '--serve': ['http://a:1', 'http+unix:/b', 'http://c:2'] },
    })
  })

  it('takes everything after -- as it is', () =>
    expect(parse('-- --loops -x')).toMatchObject({ positionals: ['--loops', '-x'], flags: [] }))

  it('refuses a missing and a needless value', () => {
    expect(() => parse('--json=yes --config')).toThrow(
      'command line: --json is yes; accepted: --json alone, it takes no value\ncommand line: --config is without a value; accepted: FILE',
    )
  })

  it('refuses unknown flags with a suggestion', () => {
    const args = parseArgs(['--jsno', '--loops', '2'], own)
    const message =
      'command line: unknown flag --jsno; did you mean --json?\ncommand line: unknown flag --loops; "evenloop status --help" lists the flags'
    expect(() => refuseUnknown(args, own, 'evenloop status')).toThrow(message)
  })
})
