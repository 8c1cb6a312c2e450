import { UsageError } from '../../core/errors.ts'

import type { Workload } from './comparison.ts'

/**
 * Asks once for every route: what is answered by an error would be measured as one.
 * @throws UsageError naming the route and its answer
 */
export async function checkRoutes(url: string, { routes }: Workload): Promise<void> {
  for (const { method, path, headers, body } of routes) {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    })
    await response.arrayBuffer()
    if (response.status < 200 || response.status >= 400)
      throw new UsageError(
        `${method} ${path} is answered by ${response.status}, so there is nothing to compare; remedy: name routes of your app in a file, and that with --workload FILE.json: {"routes":[{"method":"GET","path":"/","weight":1}]}`,
      )
  }
}
