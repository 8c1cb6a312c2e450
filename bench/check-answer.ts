import { browserHeaders } from '../load/client/browser-headers.ts'
import type { Case } from './cases.ts'

/**
 * Asks a contestant once: what answers wrongly is not measured.
 * @throws Error with the answer
 */
export async function checkAnswer(url: string, each: Case): Promise<void> {
  const { post } = each
  const headers = each.headers === 'browser' ? browserHeaders : {}
  const response = await fetch(
    `${url}${each.path}`,
    post === undefined ? { headers } : { method: 'POST', body: 'x'.repeat(post.bytes), headers: { ...headers, 'content-type': post.type } },
  )
  const body = await response.text()
  if (response.status !== 200 || body !== each.answer) {
    throw new Error(`${each.path} is answered wrongly: ${response.status} ${body.slice(0, 200)}`)
  }
}
