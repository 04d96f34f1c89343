import t from 'tap'
import { stage } from './stream-stage.js'

t.test('an echo has a chunk for each chunk, in order, as they come, and the end with the last', async t => {
  await using on = await stage()
  const { line } = on
  const { id } = line.say({ id: 's', seq: 0, end: false }, 'a')
  t.same(await line.next(), { message_id: id, said: '0 "a"' })
  line.say({ id: 's', seq: 1, end: false }, '')
  t.same(await line.next(), { message_id: id, said: '1 ""' })
  line.say({ id: 's', seq: 2, end: true }, 'c')
  t.same(await line.next(), { message_id: id, said: '2 "c" end' })
  t.same(await line.flush(), [])
})
