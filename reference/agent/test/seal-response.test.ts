import fc from 'fast-check'
import t from 'tap'
import { authenticatedErrorCodes } from '../../../schemas/index.js'
import type { ResponseEnvelope } from '../../message/aad.js'
import { responseSize, surelyFits } from '../seal-response.js'

t.test('a response that surely fits does, whatever its names', async t => {
  const token = fc.stringMatching(/^[A-Za-z0-9._~:-]{1,128}$/)
  const names = fc.record({ message_id: token, task_id: token, kid: token })
  const envelope = fc.oneof(
    fc
      .record({ names, error: fc.constantFrom(...authenticatedErrorCodes) })
      .map(({ names, error }): ResponseEnvelope => ({ success: false, ...names, error })),
    fc
      .record({ names, encoding: fc.constantFrom('gzip', 'x'.repeat(32)) })
      .map(({ names, encoding }): ResponseEnvelope => ({ success: true, ...names, encoding })),
  )
  fc.assert(
    fc.property(envelope, fc.nat(4000), fc.nat(8000), (envelope, length, maxBytes) => {
      const plaintext = new Uint8Array(length)
      return !surelyFits(plaintext, maxBytes) || responseSize(envelope, plaintext) <= maxBytes
    }),
  )
  const longest = { message_id: 'm'.repeat(128), task_id: 't'.repeat(128), kid: 'k'.repeat(128) }
  const empty = new Uint8Array()
  for (const error of authenticatedErrorCodes)
    t.notOk(surelyFits(empty, responseSize({ success: false, ...longest, error }, empty) - 1), error)
  t.ok(surelyFits(empty, 1024))
})
