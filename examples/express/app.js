const express = require('express')

const app = express()
app.disable('x-powered-by')
// The balancer is the only one who can reach a loop: what it says of the client is true.
app.set('trust proxy', true)
app.use(express.json())

app.get('/', (req, res) => {
  res.json({ app: 'express', loop: process.env.EVENLOOP_LOOP_ID, pid: process.pid, client: req.ip, protocol: req.protocol })
})

app.post('/sum', (req, res) => {
  const { numbers } = req.body ?? {}
  if (!Array.isArray(numbers) || !numbers.every(Number.isFinite))
    return res.status(400).json({ error: 'numbers must be an array of numbers' })
  res.json({ sum: numbers.reduce((sum, n) => sum + n, 0) })
})

module.exports = app
