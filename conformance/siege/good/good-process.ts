import { bareHttpClient, bareSocketClient } from './bare-client.js'
import { goodClient } from './good-client.js'
import type { Experiences } from './latencies.js'

// Good clients as a process of their own: `good-process.js KIND URL`. They tell what they have experienced when they are asked.

const [kind, url = ''] = process.argv.slice(2)
const isBare = kind === 'bare'
const http = await (isBare ? bareHttpClient(url) : goodClient(url, 'http'))
const ws = await (isBare ? bareSocketClient(url) : goodClient(url, 'ws'))

process.on('message', errand => {
  if (errand === 'close') void Promise.all([http.close(), ws.close()]).then(() => process.exit())
  else process.send?.({ http: http.take(), ws: ws.take() } satisfies Experiences)
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
