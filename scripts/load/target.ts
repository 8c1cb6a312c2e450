/**
 * Asks the cluster for the demo's greeting.
 * @returns what to tell a user who cannot be served, or undefined where the demo answers
 */
export async function problemWith(url: string): Promise<string | undefined> {
  let greeting: unknown
  try {
    const response = await fetch(`${url}/`, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(10_000) })
    greeting = await response.json().catch(() => undefined)
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as { code?: string; message: string }
    return `nothing answers at ${url} (${code ?? message})
Start the demo in another terminal:   npm start
or say where the cluster is:          --url http://HOST:PORT`
  }
  if ((greeting as { hello?: unknown } | undefined)?.hello === 'world') return undefined
  return `${url} answers, but not as the demo does, whose routes the scripts ask for
Start it there:   npm start
For an app of your own copy a script and its lib folder, and change k6/lib/requests.js.`
}
