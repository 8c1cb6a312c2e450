import { open } from '../gates.js'
import { bodies } from './bodies.js'
import { heads } from './heads.js'
import { lives } from './lives.js'

const routes = { ...heads, ...bodies, ...lives }

/** A function of node:http that does by hand what frameworks do for their users, and some things that they do not. */
export default function app(req, res) {
  // Not by URL, which would tidy the odd paths that are tried here.
  const [first, second] = req.url.split('?', 1)[0].split(/[/;]+/).filter(Boolean)
  if (first === 'gates') {
    open(second)
    return res.end('open')
  }
  const route = routes[`/${first}`]
  if (route === undefined) return res.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here\n')
  return route(req, res, second)
}
