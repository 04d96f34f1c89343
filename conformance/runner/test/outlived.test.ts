import t from 'tap'
import { defaultLimits } from '../../../schemas/index.js'
import type { TranscriptEntry } from '../../probe/initiator/transcript.js'
import { mayHaveOutlived } from '../outlived.js'

const limits = { ...defaultLimits, maxSessionAgeSeconds: 300, maxSessionIdleSeconds: 2, provisionalSeconds: 60 }

/** A case of so many seconds, whose last answer is `judged`. */
const lasting = (seconds: number, judged: string): TranscriptEntry[] =>
  [0, seconds].map(second => ({
    step: 'session',
    what: 'sage/ping@v1',
    at: new Date(second * 1000).toISOString(),
    request: { method: 'POST', url: '/', headers: [], body: '' },
    judged,
  }))

const unknown = 'plain error session_unknown (HTTP 404)'

t.test('what is said of an unknown session counts only while the session must still live', t => {
  t.equal(mayHaveOutlived(lasting(1.5, unknown), limits), false)
  t.equal(mayHaveOutlived(lasting(1.9, unknown), limits), true)
  t.equal(mayHaveOutlived(lasting(1.9, unknown), defaultLimits), false)
  t.end()
})

t.test('any other answer is what it is, however long it took', t => {
  t.equal(mayHaveOutlived(lasting(100, 'accepted: a response of 16 bytes'), limits), false)
  t.equal(mayHaveOutlived([], limits), false)
  t.end()
})
