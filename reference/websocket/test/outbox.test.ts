import t from 'tap'
import type { WebSocket } from 'ws'
import { Outbox } from '../outbox.js'

interface Sent {
  readonly bytes: Buffer
  readonly fin: boolean
  readonly binary: boolean
  readonly written: (error?: Error) => void
}

/** A socket that keeps what it is handed until it is told that it was written. */
const keeping = () => {
  const sent: Sent[] = []
  const socket = {
    send: (bytes: Buffer, { fin, binary }: Pick<Sent, 'fin' | 'binary'>, written: Sent['written']) =>
      void sent.push({ bytes, fin, binary, written }),
  }
  let told = 0
  const outbox = new Outbox(socket as unknown as WebSocket, () => told++)
  return { sent, outbox, told: () => told }
}

const handed = (sent: readonly Sent[]): number => sent.reduce((sum, { bytes }) => sum + bytes.length, 0)

t.test('small messages go whole and at once, in their order, as text or as binary', async t => {
  const { sent, outbox, told } = keeping()
  outbox.send('één')
  outbox.send(Buffer.from('xtwox').subarray(1, 4), false)
  outbox.send(Uint8Array.of(3))
  outbox.send('')
  t.same(
    sent.map(({ bytes, fin, binary }) => [bytes.toString('latin1'), fin, binary]),
    [
      [Buffer.from('één').toString('latin1'), true, false],
      ['two', true, false],
      ['\x03', true, true],
      ['', true, false],
    ],
  )
  t.equal(outbox.waiting, 9)
  for (const { written } of sent) written()
  t.same([outbox.waiting, outbox.written, told()], [0, 9, 4])
})

t.test('the socket is handed little at a time, however much waits, and a large message goes in pieces', async t => {
  const { sent, outbox } = keeping()
  const large = Buffer.alloc(3_000_000, 'x')
  outbox.send(large, false)
  for (let i = 0; i < 100; i++) outbox.send(`${i}`)
  let most = 0
  for (let i = 0; i < sent.length; i++) {
    most = Math.max(most, handed(sent.slice(i)))
    sent[i]!.written()
  }
  t.ok(most < 600_000, `${most}`)
  const ends = sent.findIndex(({ fin }) => fin)
  t.ok(ends >= 9, 'in pieces')
  t.ok(Buffer.concat(sent.slice(0, ends + 1).map(({ bytes }) => bytes)).equals(large))
  t.same(
    sent.slice(ends + 1).map(({ bytes, fin }) => `${bytes.toString()} ${fin}`),
    Array.from({ length: 100 }, (_, i) => `${i} true`),
  )
  t.equal(outbox.waiting, 0)
})

t.test('the largest message takes no more frames than a receiver has to accept', async t => {
  const { sent, outbox } = keeping()
  outbox.send(Buffer.alloc(2 ** 29), false)
  for (let i = 0; i < sent.length; i++) sent[i]!.written()
  t.ok(sent.length <= 1024 && sent.at(-1)!.fin, `${sent.length}`)
})

t.test('a message is taken back as long as nothing of it has left', async t => {
  const { sent, outbox } = keeping()
  const first = outbox.send(Buffer.alloc(1_000_000), false)
  const second = outbox.send('second')
  const third = outbox.send('third')
  second()
  first()
  for (let i = 0; i < sent.length; i++) sent[i]!.written()
  third()
  t.equal(handed(sent), 1_000_005, 'the first, which had begun, and the third')
  t.equal(outbox.waiting, 0)
})

t.test('where the connection has ended nothing is kept', async t => {
  const { sent, outbox } = keeping()
  for (let i = 0; i < 10; i++) outbox.send(Buffer.alloc(200_000))
  while (sent.length > 0) sent.shift()!.written(new Error('gone'))
  t.equal(outbox.waiting, 0)
})
