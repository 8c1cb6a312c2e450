import type { ClusterHistory } from '../../core/status.ts'

/** What the page asks of the admin API. Each throws an Error with the supervisor's own words. */

export async function history(): Promise<ClusterHistory> {
  return (await (await answer('/api/history')).json()) as ClusterHistory
}

export async function change(path: string, body: object = {}): Promise<Record<string, unknown>> {
  return (await (await post(path, body)).json()) as Record<string, unknown>
}

/** Saves what a POST answers as a file. */
export async function download(path: string, body: object, name: string): Promise<void> {
  const response = await post(path, body)
  const named = /filename="([^"/\\]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = named ?? name
  link.click()
  // The browser has begun to save it by then; without this the file would stay in memory as long as the page.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

const post = (path: string, body: object): Promise<Response> =>
  answer(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

async function answer(path: string, options?: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(path, options)
  } catch {
    throw new Error('no answer from the supervisor')
  }
  if (response.ok) return response
  const said = (await response.json().catch(() => ({}))) as { message?: string }
  throw new Error(said.message ?? `the supervisor answered ${response.status}`)
}
