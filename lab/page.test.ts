import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { answerText, page, section, verdict, type Answered } from './page.ts'
import { finding, type Scenario } from './scenario.ts'
import { overload } from './scenarios/overload.ts'

const answered = (timed: boolean): Answered => ({
  scenario: { name: 'size', question: 'How big?', model: 'Of wood.', timed, run: () => ({ tables: [], findings: [] }) } satisfies Scenario,
  answer: {
    tables: [
      {
        title: 'Sizes',
        columns: [{ name: 'what' }, { name: 'metres', digits: 1 }],
        lines: [
          ['a door', 2],
          ['nothing', Number.NaN],
        ],
      },
    ],
    findings: [finding(true, 'It fits.', 'It does not fit.'), finding(false, 'It is light.', 'It is heavy.')],
  },
})

describe('an answer', () => {
  it('is aligned for a terminal, with a dash for what is no number', () => {
    expect(answerText(answered(false)).split('\n').slice(-3)).toEqual(['what     metres', 'a door      2.0', 'nothing       –'])
  })

  it('says what holds and what does not', () => {
    expect(verdict([answered(false)])).toBe('What holds\n- It fits.\n\nWhat does not\n- It is heavy.')
  })

  it('is left out of the page where it depends on the machine', () => {
    expect(page([answered(false)])).toContain('| a door | 2.0 |')
    expect(page([answered(true)])).not.toContain('door')
  })
})

describe('docs/simulation.md', () => {
  // One of its sections: all of them take minutes. The figures depend on the seed alone.
  it('shows what the simulation prints', { timeout: 120_000 }, () => {
    const text = readFileSync(new URL('../docs/simulation.md', import.meta.url), 'utf8')
    const printed = section({ scenario: overload, answer: overload.run(1, () => undefined) })
    expect(text.includes(printed), `docs/simulation.md is old; remedy: npm run simulate -- --write. Now:\n${printed}`).toBe(true)
  })
})
