import t from 'tap'
import { InflationRoom, type InflatedBytes } from '../inflation-room.js'

/** Who has found room, in the order in which they did. */
const queue = (room: InflationRoom) => {
  const entered: string[] = []
  const enter = (name: string, bytes: number): Promise<InflatedBytes> => {
    const held = room.enter(bytes)
    void held.then(() => entered.push(name))
    return held
  }
  return { entered, enter }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

t.test('who finds no room waits, and comes in where they stood', async t => {
  const { entered, enter } = queue(new InflationRoom(100))
  const a = await enter('a', 60)
  const b = enter('b', 60)
  const c = enter('c', 10)
  await turn()
  t.same(entered, ['a'], 'c does not overtake b')
  a.shrinkTo(50)
  await turn()
  t.same(entered, ['a'])
  a.shrinkTo(40)
  await turn()
  t.same(entered, ['a', 'b'])
  ;(await b).release()
  await turn()
  t.same(entered, ['a', 'b', 'c'])
  ;(await c).release()
  a.release()
  a.release()
  await enter('d', 100)
  await turn()
  t.same(entered.at(-1), 'd', 'what is released is released once')
})

t.test('one alone finds room, however large', async t => {
  const { entered, enter } = queue(new InflationRoom(10))
  const a = await enter('a', 1000)
  void enter('b', 1)
  await turn()
  t.same(entered, ['a'])
  a.release()
  await turn()
  t.same(entered, ['a', 'b'])
})
