import t from 'tap'
import { Pulse, responderTimes } from '../pulse.js'

const times = { pingMs: 25_000, pongMs: 20_000, firstMessageMs: 30_000 }

t.test('a connection without an accepted message is of no use after its time', async t => {
  const pulse = new Pulse({ ...times, pingMs: Infinity }, 1000, 0)
  t.equal(pulse.look(30_999, 1), undefined)
  t.equal(pulse.look(31_000, 2), 'unused', 'whatever has arrived')
  const used = new Pulse({ ...times, pingMs: Infinity }, 1000, 0)
  used.accepted()
  t.equal(used.look(999_000, 0), undefined)
})

t.test('pings go out at their time, and only when the one before was answered', async t => {
  const pulse = new Pulse(times, 0, 0)
  pulse.accepted()
  t.equal(pulse.look(24_999, 0), undefined)
  t.equal(pulse.look(25_000, 0), 'ping')
  t.equal(pulse.look(30_000, 1), undefined, 'answered')
  t.equal(pulse.look(49_999, 1), undefined)
  t.equal(pulse.look(50_000, 1), 'ping', 'counted from the ping before')
  t.ok(responderTimes.pingMs + 1000 < 30_000, 'in time for ws.keep-alive, even by who looks once a second')
})

t.test('who gives no sign of life after a ping is dead, at the second look', async t => {
  const pulse = new Pulse(times, 0, 7)
  pulse.accepted()
  t.equal(pulse.look(25_000, 7), 'ping')
  t.equal(pulse.look(44_999, 7), undefined)
  t.equal(pulse.look(45_000, 7), undefined, 'what has arrived meanwhile may not have been read')
  t.equal(pulse.look(45_005, 7), 'dead')
  const alive = new Pulse(times, 0, 7)
  alive.accepted()
  alive.look(25_000, 7)
  alive.look(45_000, 7)
  t.equal(alive.look(45_005, 8), undefined)
  t.equal(alive.look(50_000, 8), 'ping')
  t.equal(alive.look(69_999, 8), undefined)
})
