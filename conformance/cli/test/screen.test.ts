import t from 'tap'
import { screenOf } from '../screen.js'

const stream = (isTTY: boolean, columns?: number) => ({
  write: () => true,
  isTTY,
  ...(columns !== undefined && { columns }),
})

t.test('a screen is alive and in colours on a terminal, unless the environment says otherwise', async t => {
  t.match(screenOf(stream(true, 40), {}), { isTerminal: true, colour: true, columns: 40 })
  t.match(screenOf(stream(false), {}), { isTerminal: false, colour: false, columns: 100 })
  t.match(screenOf(stream(true, 80), { NO_COLOR: '1' }), { isTerminal: true, colour: false })
  t.match(screenOf(stream(true, 80), { NO_COLOR: '' }), { colour: true }, 'an empty one counts for nothing')
  t.match(screenOf(stream(true, 80), { TERM: 'dumb' }), { isTerminal: false, colour: false })
})

t.test('colours can be had without a terminal, and NO_COLOR is stronger', async t => {
  t.match(screenOf(stream(false), { FORCE_COLOR: '1' }), { isTerminal: false, colour: true })
  t.match(screenOf(stream(true), { FORCE_COLOR: '0' }), { isTerminal: true, colour: false })
  t.match(screenOf(stream(false), { FORCE_COLOR: '1', NO_COLOR: '1' }), { colour: false })
})
