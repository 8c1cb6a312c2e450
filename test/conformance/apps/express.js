import { createReadStream } from 'node:fs'
import path from 'node:path'

import express from 'express'

import { open, pass } from './gates.js'

const root = process.env.CONFORMANCE_FILES
const app = express()
// Behind a proxy an Express app must be told so; by itself it must answer the same.
app.set('trust proxy', true)

app.post('/gates/:name', (req, res) => {
  open(req.params.name)
  res.send('open')
})

app.use('/static', express.static(root, { maxAge: '1d', dotfiles: 'ignore' }))
app.post('/json', express.json({ limit: '1kb' }), (req, res) => res.json({ got: req.body }))
app.post('/form', express.urlencoded({ extended: false }), (req, res) => res.json(req.body))
app.post('/text', express.text({ type: 'text/*' }), (req, res) => res.type('txt').send(req.body.toUpperCase()))
app.post('/raw', express.raw({ type: 'application/octet-stream', limit: '2mb' }), (req, res) => res.send(req.body))

app.get('/text', (_req, res) => res.send('a text'))
app.get('/buffer', (_req, res) => res.send(Buffer.from([0, 1, 2])))
app.get('/jsonp', (_req, res) => res.jsonp({ padded: true }))
app.get('/file', (_req, res) => res.sendFile('page.html', { root, headers: { 'X-Sent': 'yes' } }))
app.get('/big', (_req, res) => res.sendFile('big.bin', { root }))
app.get('/download', (_req, res) => res.download(path.join(root, 'hello.txt'), 'na\u00efve.txt'))
app.get('/redirect', (_req, res) => res.redirect(303, '/text?from=redirect'))
app.get('/status', (_req, res) => res.sendStatus(202))
app.get('/gone', (_req, res) => res.status(410).end())
app.get('/vary', (_req, res) => res.vary('Accept').links({ next: '/2', last: '/9' }).location('/here').send('varied'))
app.get('/cookies', (_req, res) =>
  res
    .cookie('a', 'one two')
    .cookie('b', { json: true }, { httpOnly: true, maxAge: undefined, path: '/p' })
    .clearCookie('c')
    .send('cookies'),
)
app.get('/format', (_req, res) =>
  res.format({
    text: () => res.send('text'),
    html: () => res.send('<p>html</p>'),
    json: () => res.json({ format: 'json' }),
    default: () => res.status(406).send('none'),
  }),
)
app.get('/stream', (_req, res) => {
  res.type('application/json')
  createReadStream(path.join(root, 'data.json')).pipe(res)
})
app.get('/steps/:gate', async (req, res) => {
  for (const step of [1, 2]) {
    res.write(`step ${step}\n`)
    await pass(`${req.params.gate}-${step}`)
  }
  res.end('done\n')
})
app.get('/request/:id', (req, res) =>
  res.json({
    ip: req.ip,
    protocol: req.protocol,
    secure: req.secure,
    host: req.hostname,
    path: req.path,
    url: req.originalUrl,
    query: req.query,
    params: req.params,
    fresh: req.fresh,
    xhr: req.xhr,
  }),
)
app.get('/throws', () => {
  throw new Error('on purpose')
})
app.get('/rejects', async () => {
  throw Object.assign(new Error('teapot'), { status: 418, expose: true })
})
app.use('/caught', (_req, _res, next) => next(new Error('caught')))
app.use('/caught', (error, _req, res, _next) => res.status(501).json({ caught: error.message }))

export default app
