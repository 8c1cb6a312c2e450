/** Neighbours that are small become one, so that each of them is not a frame of its own; large ones are not copied. */
export function joinSmall(pieces: readonly Buffer[], smallBytes: number): Buffer[] {
  const joined: Buffer[] = []
  let small: Buffer[] = []
  let smallLength = 0
  const flush = (): void => {
    if (smallLength > 0) joined.push(small.length === 1 ? small[0]! : Buffer.concat(small, smallLength))
    small = []
    smallLength = 0
  }
  for (const piece of pieces) {
    if (smallLength + piece.length > smallBytes) flush()
    if (piece.length > smallBytes) joined.push(piece)
    else {
      small.push(piece)
      smallLength += piece.length
    }
  }
  flush()
  return joined
}
