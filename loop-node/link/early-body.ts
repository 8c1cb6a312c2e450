/** What came of a body before the app was given its request: often all of it, in the same read. */
export class EarlyBody {
  readonly chunks: Buffer[] = []
  trailers: string[] | undefined
  ended = false
}
