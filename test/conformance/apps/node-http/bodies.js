import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

import { pass } from '../gates.js'

const file = (name) => path.join(process.env.CONFORMANCE_FILES, name)

/** Answers whose bodies are the point. */
export const bodies = {
  '/writes': (_req, res) => {
    res.write('one ')
    res.write(Buffer.from('two '))
    res.write('746872656520', 'hex')
    res.write('vier f\u00fcnf ', 'latin1')
    res.cork()
    res.write('six ')
    res.write('')
    res.write('seven ')
    res.uncork()
    res.end('end')
  },

  '/steps': async (_req, res, gate) => {
    res.writeHead(200, { 'Content-Type': 'text/plain' })
    res.flushHeaders()
    await pass(`${gate}-0`)
    for (let step = 1; step <= 3; step++) {
      res.write(`step ${step}\n`)
      await pass(`${gate}-${step}`)
    }
    res.end('done\n')
  },

  '/sized-steps': async (_req, res, gate) => {
    res.writeHead(200, { 'Content-Length': 8 })
    res.write('half')
    await pass(gate)
    res.end('half')
  },

  '/binary': (_req, res) => {
    const bytes = Buffer.from(Array.from({ length: 4_096 }, (_, i) => i % 256))
    res.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes.length })
    res.end(bytes)
  },

  '/file': (_req, res) => {
    res.setHeader('Content-Type', 'application/octet-stream')
    createReadStream(file('big.bin')).pipe(res)
  },

  '/gzipped': async (_req, res) => {
    res.setHeader('Content-Encoding', 'gzip')
    await pipeline(createReadStream(file('data.json')), createGzip(), res)
  },

  '/generated': async (_req, res) => {
    async function* lines() {
      for (let i = 0; i < 2_000; i++) yield `line ${i} ${'.'.repeat(i % 90)}\n`
    }
    await pipeline(Readable.from(lines()), res)
  },

  '/trailers': (_req, res) => {
    res.writeHead(200, { Trailer: 'X-Checksum, X-Count', 'Content-Type': 'text/plain' })
    res.write('with ')
    res.write('trailers\n')
    res.addTrailers({ 'X-Checksum': 'abc', 'X-Count': '2' })
    res.end()
  },

  '/unannounced-trailers': (_req, res) => {
    res.write('trailers without a word of them\n')
    res.addTrailers([
      ['X-Late', 'one'],
      ['x-late', 'two'],
    ])
    res.end()
  },

  '/upload': async (req, res) => {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of req) {
      bytes += chunk.length
      hash.update(chunk)
    }
    res.end(
      JSON.stringify({
        method: req.method,
        bytes,
        sha256: hash.digest('hex'),
        length: req.headers['content-length'],
        coding: req.headers['transfer-encoding'],
        trailers: req.trailers,
        raw: req.rawTrailers,
        complete: req.complete,
      }),
    )
  },

  '/mirror': (req, res) => {
    res.writeHead(200, { 'Content-Type': req.headers['content-type'] ?? 'text/plain' })
    req.pipe(res)
  },

  '/explicit-chunked': (_req, res) => {
    res.writeHead(200, { 'Transfer-Encoding': 'chunked', 'X-After': '1' })
    res.write('in ')
    res.end('chunks\n')
  },

  '/body-on-204': (_req, res) => res.writeHead(204, { 'X-Body': 'none' }).end('not sent'),

  '/body-on-304': (_req, res) => res.writeHead(304).end('not sent'),

  '/sized-in-pieces': (_req, res) => {
    res.setHeader('Content-Length', 9)
    for (const piece of ['one', 'two', 'six']) res.write(piece)
    res.end()
  },

  '/not-kept': (_req, res) => {
    res.shouldKeepAlive = false
    res.end('not kept\n')
  },

  '/early-answer': (_req, res) => res.writeHead(403).end('not for you\n'),
}
