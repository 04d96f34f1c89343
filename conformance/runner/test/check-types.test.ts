import t from 'tap'
import { accepts, rejects } from '../check.js'

// The compiler is the test: each line below an expectation must be an error, and an expectation without one is an error.

const subject = 'session message'
const expect = { plain: 'authentication_failed' } as const

t.test('the types refuse checks that would prove too little', async t => {
  const forged = <Draft>(next: Draft): Draft => next
  // @ts-expect-error a rejection says what is true afterwards
  rejects('record.tag', { subject, forged, expect })
  // @ts-expect-error and says at least one thing
  rejects('record.tag', { subject, forged, expect, after: [] })
  // @ts-expect-error that is a state that there is
  rejects('record.tag', { subject, forged, expect, after: ['all-well'] })
  // @ts-expect-error a state of a session is none of a handshake
  rejects('record.tag', { subject: 'handshake', forged, expect, after: ['session-lives'] })
  // @ts-expect-error a rejection has a fault
  rejects('record.tag', { subject, expect, after: ['session-lives'] })
  // @ts-expect-error and one kind of fault only
  rejects('record.tag', { subject, forged, tampered: forged, expect, after: ['session-lives'] })
  // @ts-expect-error an expectation
  rejects('record.tag', { subject, forged, after: ['session-lives'] })
  // @ts-expect-error with an error that may be plain
  rejects('record.tag', { subject, forged, expect: { plain: 'cancelled' }, after: ['session-lives'] })
  // @ts-expect-error and a requirement that the specification states
  rejects('record.taag', { subject, forged, expect, after: ['session-lives'] })
  // @ts-expect-error an acceptance too
  accepts('task.pong', { run: async () => undefined })
  // @ts-expect-error which answers with nothing or with what was broken
  accepts('task.ping', { run: async () => true })

  const made = rejects('record.tag', { subject, forged, expect, after: ['session-lives'] })
  t.equal(made.id, 'record.tag')
})
