import t from 'tap'
import { measureHeap } from '../heap.js'

t.test('bytes and objects are counted, and those of an operation that makes none are none', async t => {
  const reused = new Uint8Array(64)
  const none = await measureHeap({ operation: () => reused.fill(1) })
  t.ok(none['bytes']! < 1 && none['allocations']! < 0.5, JSON.stringify(none))
  let made = 0
  const one = await measureHeap({ operation: () => ({ made: made++, more: [made] }), units: 2 })
  t.ok(one['bytes']! > 16 && one['bytes']! < 200, JSON.stringify(one))
  t.ok(one['allocations']! > 0.4 && one['allocations']! < 4, JSON.stringify(one))
})
