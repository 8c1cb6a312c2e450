import type { Case } from './contestants.ts'
import type { Serving } from './serving.ts'

/**
 * Asks a contestant once: what answers wrongly is not measured.
 * @throws Error with the answer
 */
export async function checkAnswer(serving: Serving, each: Case): Promise<void> {
  const post = each.script === 'post'
  const response = await fetch(
    `${serving.url}${each.path}`,
    post ? { method: 'POST', body: each.body, headers: { 'content-type': 'application/octet-stream' } } : {},
  )
  const body = await response.text()
  if (response.status !== 200 || body !== each.body) {
    throw new Error(`${serving.contestant.name} answers ${each.path} wrongly: ${response.status} ${body.slice(0, 200)}`)
  }
}
