import { expect, test } from 'vitest'

import { markup } from './markup.ts'

test('whatever comes from elsewhere is text, in elements and in attributes', () => {
  const evil = `<img src=x onerror='alert("1")'>&`
  expect(markup`<b title="${evil}">${evil}</b>`.text).not.toMatch(/<img|"alert|&(?!#\d+;)/)
  expect(markup`<b>${evil}</b>`.text).toBe('<b>&#60;img src=x onerror=&#39;alert(&#34;1&#34;)&#39;&#62;&#38;</b>')
})

test('markup within markup stays, lists are joined, and nothing leaves nothing', () => {
  expect(markup`<ul>${['a', 'b'].map((name) => markup`<li>${name}</li>`)}${undefined}${false}${0}</ul>`.text).toBe(
    '<ul><li>a</li><li>b</li>0</ul>',
  )
})
