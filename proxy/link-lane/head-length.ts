const headEnd = Buffer.from('\r\n\r\n')

/** Length of the response head that begins at `start`; NaN where not all of it is there. */
export function headLength(bytes: Buffer, start: number, end: number): number {
  const at = bytes.indexOf(headEnd, start)
  return at === -1 || at + headEnd.length > end ? Number.NaN : at + headEnd.length - start
}
