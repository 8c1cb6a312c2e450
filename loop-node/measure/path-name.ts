// More segments than this are somebody's file tree.
const maxSegments = 8

/**
 * A name for the path of a request that is the same for all requests of one kind: without its query, and with `:id` in
 * the place of segments that look like the name of one thing (numbers, UUIDs, hashes, tokens, addresses). For apps that
 * have no route patterns to ask.
 */
export function pathName(url: string): string {
  const end = url.search(/[?#]/)
  const path = end === -1 ? url : url.slice(0, end)
  if (path === '' || path === '*') return path === '' ? '/' : path
  const segments = path.split('/')
  const shown = segments.slice(0, maxSegments + 1).map((segment) => (isOneThing(segment) ? ':id' : segment))
  return segments.length > shown.length ? `${shown.join('/')}/*` : shown.join('/')
}

/** `v2` and `report-2024` are words with a number; `42`, `order-12345` and `9f86d081` are one thing each. */
function isOneThing(segment: string): boolean {
  if (segment.length > 32 || /[%@]/.test(segment)) return true
  return /^\d+$/.test(segment) || /\d{5}/.test(segment) || (/^[0-9a-f-]{8,}$/i.test(segment) && /\d/.test(segment))
}
