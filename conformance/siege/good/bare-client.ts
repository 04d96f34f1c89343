import { once } from 'node:events'
import { Pool } from 'undici'
import { WebSocket } from 'ws'
import { SUBPROTOCOL } from '../../../schemas/index.js'
import { keepGoing, type GoodClient } from './good-client.js'

// Clients of a server without SAGE, which exchange as many bytes of JSON.

const body = JSON.stringify({ payload: Buffer.alloc(1024, 'siege').toString('base64') })

/** A client of the bare server over HTTP. */
export const bareHttpClient = (url: string): GoodClient => {
  const pool = new Pool(url, { connections: 1 })
  const echo = async (): Promise<boolean> => {
    const answer = await pool.request({ method: 'POST', path: '/', body })
    return (await answer.body.text()) === body
  }
  return keepGoing([echo], () => pool.close())
}

/** A client of the bare server over WebSocket. */
export const bareSocketClient = async (url: string): Promise<GoodClient> => {
  const socket = new WebSocket(url.replace('http', 'ws'), SUBPROTOCOL, { perMessageDeflate: false })
  await once(socket, 'open')
  const echo = async (): Promise<boolean> => {
    socket.send(body)
    const [answer] = (await once(socket, 'message')) as [Buffer]
    return answer.toString() === body
  }
  return keepGoing([echo], async () => socket.terminate())
}
