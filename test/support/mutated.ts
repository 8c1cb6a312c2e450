import fc from 'fast-check'

/** One of these, each as often as its weight says. */
export function weighted<T>(...each: (readonly [number, fc.Arbitrary<T>])[]): fc.Arbitrary<T> {
  return fc.oneof(...each.map(([weight, arbitrary]) => ({ weight, arbitrary })))
}

const hostile = [
  '\r',
  '\n',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '"',
  '\\',
  '=',
  '\r\n',
  '\r\n ',
  '\r\n\r\n',
  '\x0b',
  '\x7f',
  '\xff',
  'a',
  '0',
  '/',
  '-',
  '+',
]

const mutation = fc.record({ at: fc.nat(), cut: fc.nat(2), put: fc.constantFrom('', '', ...hostile) })

/** A text as Latin-1 bytes: mostly as it is, else with a few bytes cut out or put in where they do harm. */
export function mutated(text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  const none: fc.Arbitrary<{ at: number; cut: number; put: string }[]> = fc.constant([])
  return fc.tuple(text, weighted([2, none], [1, fc.array(mutation, { minLength: 1, maxLength: 3 })])).map(([whole, changes]) => {
    let changed = whole
    for (const { at, cut, put } of changes) {
      const start = at % Math.max(1, changed.length)
      changed = changed.slice(0, start) + put + changed.slice(start + cut)
    }
    return Buffer.from(changed, 'latin1')
  })
}
