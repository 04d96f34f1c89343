import t from 'tap'
import { encodeBase64, encodeBase64url } from '../../probe/bytes/base64.js'
import { encodeHex } from '../../probe/bytes/hex.js'
import { encodeUtf8 } from '../../probe/bytes/utf8.js'
import type { Arrival } from '../listener.js'
import { Observation } from '../observation.js'
import { Turns } from '../turns.js'

const payload = encodeUtf8('payload-1f6a2c9e')

const look = (body: Uint8Array | string, change: Partial<Arrival> = {}): string | undefined => {
  const seen = new Observation()
  const bytes = typeof body === 'string' ? encodeUtf8(body) : body
  seen.lookForPayload({ method: 'POST', path: '/messages', headers: [], body: bytes, ...change }, payload)
  return seen.unprotected
}

t.test('the payload is found in the clear, in any coding, wherever it stands', async t => {
  t.equal(look(JSON.stringify({ payload: 'payload-1f6a2c9e' })), 'plain text')
  t.equal(look('', { path: '/messages?payload-1f6a2c9e' }), 'plain text')
  t.equal(look('', { headers: [['X-Data', 'payload-1f6a2c9e']] }), 'plain text')
  t.equal(look(encodeBase64(payload)), 'base64')
  t.equal(look(encodeBase64url(payload)), 'base64')
  t.equal(look(encodeHex(payload)), 'hex')
  for (const before of ['', '{', '{"', '{"a'])
    t.equal(
      look(JSON.stringify({ payload: encodeBase64(encodeUtf8(`${before}payload-1f6a2c9e"}`)) })),
      'base64',
      before,
    )
})

t.test('what is not the payload is not taken for it', async t => {
  t.equal(look(JSON.stringify({ payload: encodeBase64(Uint8Array.from({ length: 200 }, (_, i) => i * 7)) })), undefined)
  t.equal(look('payload-of-another'), undefined)
})

t.test('turns are taken in their order, and nobody waits for ever for who does not come', async t => {
  const order: string[] = []
  const turns = new Turns(2)
  const first = turns.take(0, () => order.push('first'))
  t.strictSame(order, [])
  await Promise.all([first, turns.take(1, () => order.push('second'))])
  t.strictSame(order, ['first', 'second'])
  await new Turns(2).take(0, () => order.push('alone'))
  t.strictSame(order, ['first', 'second', 'alone'])
})
