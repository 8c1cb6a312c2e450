import { randomBytes } from 'node:crypto'

/**
 * Makes ids that no other process makes: a prefix of the process and a counter. Drawing randomness for each request
 * would cost more than the id is worth.
 */
export function createRequestIds(prefix: string = randomBytes(6).toString('hex')): () => string {
  let count = 0
  return () => {
    count += 1
    return `${prefix}-${count.toString(36)}`
  }
}
