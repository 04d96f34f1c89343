import t from 'tap'
import type { Arrival } from '../listener.js'
import { answerUpgrade, encodeUpgradeAnswer, isSelected, listedIn } from '../upgrade.js'

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

const upgrade = (change: Headers = {}, rest: Partial<Arrival> = {}): Arrival => {
  const headers: Headers = {
    Host: '127.0.0.1:1',
    Upgrade: 'websocket',
    Connection: 'keep-alive, Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'sage.v1',
    ...change,
  }
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map(one => [name, one] as const),
  )
  return { method: 'GET', path: '/ws', headers: lines, body: new Uint8Array(0), ...rest }
}

const statusOf = (arrival: Arrival): number => answerUpgrade(arrival).answer.status

t.test('an upgrade that offers the subprotocol is taken, however it says so', async t => {
  const { answer, refused } = answerUpgrade(upgrade())
  t.equal(refused, undefined)
  t.ok(isSelected(answer))
  t.equal(
    Buffer.from(encodeUpgradeAnswer(answer)).toString(),
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: sage.v1\r\n\r\n',
  )
  t.equal(statusOf(upgrade({ 'Sec-WebSocket-Protocol': 'mqtt , sage.v1,x' })), 101)
  t.equal(statusOf(upgrade({ 'Sec-WebSocket-Protocol': ['mqtt', 'sage.v1'] })), 101)
  t.equal(statusOf(upgrade({ Upgrade: 'WebSocket', Connection: 'UPGRADE' })), 101)
  t.equal(statusOf(upgrade({ 'Sec-WebSocket-Extensions': 'permessage-deflate' })), 101, 'an extension is not selected')
})

t.test('any other is refused, and the rule is named', async t => {
  const wrong: [number, RegExp, Arrival][] = [
    [400, /^ws\.offer/, upgrade({ 'Sec-WebSocket-Protocol': undefined })],
    [400, /^ws\.offer/, upgrade({ 'Sec-WebSocket-Protocol': 'SAGE.V1, sage.v2' })],
    [403, /^ws\.origin/, upgrade({ Origin: 'null' })],
    [404, /^ws\.endpoint/, upgrade({}, { path: '/' })],
    [400, /POST/, upgrade({}, { method: 'POST' })],
    [426, /^ws\.upgrade-required/, upgrade({ Upgrade: 'h2c' })],
    [426, /^ws\.upgrade-required/, upgrade({ Connection: 'close' })],
    [400, /Version/, upgrade({ 'Sec-WebSocket-Version': '8' })],
    [400, /Key/, upgrade({ 'Sec-WebSocket-Key': undefined })],
    [400, /Key/, upgrade({ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZR==' })],
    [400, /Key/, upgrade({ 'Sec-WebSocket-Key': ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='] })],
  ]
  for (const [status, rule, arrival] of wrong) {
    t.equal(statusOf(arrival), status)
    t.match(answerUpgrade(arrival).refused, rule)
  }
})

t.test('the subprotocol is selected by its exact name, alone, in a 101', async t => {
  const answer = (status: number, ...values: readonly string[]) => ({
    status,
    headers: values.map(value => ['sec-websocket-protocol', value] as const),
  })
  t.ok(isSelected(answer(101, 'sage.v1')))
  for (const other of [
    answer(101),
    answer(101, 'sage.v2'),
    answer(101, 'sage.v1', 'sage.v1'),
    answer(101, 'sage.v1, x'),
    answer(400, 'sage.v1'),
  ])
    t.notOk(isSelected(other))
  t.strictSame(listedIn(answer(101, 'a, b ,', 'c'), 'sec-websocket-protocol'), ['a', 'b', 'c'])
})
