import { SessionMessage, SessionResponse } from '../../schemas/index.js'
import { isSageError } from '../bytes/sage-error.js'
import { schemaParser } from '../bytes/schema.js'
import { deriveKeySchedule } from '../session/key-schedule.js'
import { windowOf } from '../session/receive-window.js'
import { openRecord, receiveRecord, sealRecord } from '../session/record.js'
import type { OpInput } from './op-input.js'
import type { Operations } from './operation.js'

const parseMessage = schemaParser(SessionMessage, 'session message')
const parseResponse = schemaParser(SessionResponse, 'session response')

const openInput = (input: OpInput) => ({ callerAad: input.bytes('callerAad'), record: input.bytes('record') })

/** Key schedule, records, what they bind, and what is in them. */
export const sessionOperations: Operations<
  'key-schedule' | 'record.seal' | 'record.open' | 'record.receive' | 'aad.request' | 'aad.response' | 'gzip.open'
> = {
  'key-schedule': (input, { parts }) => ({ ...deriveKeySchedule(input.bytes('seed', 32), parts) }),

  'record.seal': (input, { parts }) => {
    const [seq, callerAad] = [input.uint64('seq'), input.bytes('callerAad')]
    const [key, nonce] = [input.bytes('key', 32), input.bytes('nonce', 12)]
    const record = sealRecord({ key, seq, nonce, callerAad, plaintext: input.bytes('plaintext') }, parts)
    return { aad: parts.recordAad(seq, callerAad), record }
  },

  'record.open': (input, { parts }) => ({ ...openRecord({ key: input.bytes('key', 32), ...openInput(input) }, parts) }),

  'record.receive': (input, { parts }) => {
    const key = input.bytes('key', 32)
    const window = windowOf(parts.createWindows(input.uint64('maxSessionRecords')))
    const results = input.list('deliveries').map(delivery => {
      try {
        return { accepted: true, ...receiveRecord({ key, window, ...openInput(delivery) }, parts) }
      } catch (error) {
        if (isSageError(error, 'authentication_failed')) return { accepted: false }
        throw error
      }
    })
    return { results }
  },

  'aad.request': (input, { parts }) => ({
    aad: parts.requestAad(parseMessage({ ...input.all(), payload: '' }), parts),
  }),

  'aad.response': (input, { parts }) => {
    const requestHash = parts.requestHash(input.bytes('requestRecord'), parts)
    const { requestRecord: _, ...members } = input.all()
    return { requestHash, aad: parts.responseAad(parseResponse({ ...members, data: '' }), requestHash, parts) }
  },

  'gzip.open': (input, { parts }) => ({ plaintext: parts.inflateSync(input.bytes('bytes'), input.integer('max')) }),
}
