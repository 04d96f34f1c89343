import t from 'tap'
import { inChunks, readWhole } from '../payload.js'
import { inBytes, Progress } from '../progress.js'

t.test('a number of bytes for people', async t => {
  t.same([0, 1, 1023, 1024, 1536, 2 ** 20, 5.5 * 2 ** 30, 2 ** 60].map(inBytes), [
    '0 bytes',
    '1 bytes',
    '1023 bytes',
    '1.0 KiB',
    '1.5 KiB',
    '1.0 MiB',
    '5.5 GiB',
    '1048576.0 TiB',
  ])
})

t.test('what takes a while is shown, and nothing of it stays', async t => {
  const shown: string[] = []
  let tick: (() => void) | undefined
  const progress = new Progress(
    line => shown.push(line),
    work => {
      tick = work
      return () => (tick = undefined)
    },
  )
  progress.send(2048)
  t.same(shown, [])
  tick?.()
  tick?.()
  progress.receive(3)
  tick?.()
  progress.end()
  t.equal(tick, undefined)
  t.same(shown, ['sent 2.0 KiB, received 0 bytes', 'sent 2.0 KiB, received 3 bytes', ''])
})

t.test('what is read is cut where it is too long, and nowhere joined', async t => {
  async function* input() {
    for (const length of [1, 32_768, 32_769, 0, 100_000]) yield new Uint8Array(length)
  }
  const lengths: number[] = []
  for await (const { length } of inChunks(input())) lengths.push(length)
  t.same(lengths, [1, 32_768, 32_768, 1, 32_768, 32_768, 32_768, 1696])
  t.equal((await readWhole(input())).length, 165_538)
})
