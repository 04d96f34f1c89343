import { requireSize } from '../crypto/raw-key.js'
import { parseMember } from '../gzip/member.js'
import { Refusal } from '../refusal.js'
import { deriveSessionKeys } from '../session/keys.js'
import { createReceiver, type Receiver } from '../session/receiver.js'
import { openRecord, recordAad, sealRecord } from '../session/record.js'
import { requestAad, requestHashOf, responseAad, type StreamFields } from '../wire/aad.js'
import { flag, hex, integer, integer64, object, objects, optional, text, type Input } from './input.js'
import type { Operation, Output } from './output.js'

const streamOf = (input: Input, name: string): StreamFields => {
  const stream = object(input, name)
  return {
    id: text(stream, 'id'),
    seq: optional(stream, 'seq', integer),
    end: optional(stream, 'end', flag),
    credit: optional(stream, 'credit', integer),
    cancel: optional(stream, 'cancel', flag),
  }
}

const metadataOf = (input: Input, name: string): Record<string, string> => {
  const metadata = object(input, name)
  return Object.fromEntries(Object.keys(metadata).map(key => [key, text(metadata, key)]))
}

const delivered = (receiver: Receiver, delivery: Input): Output => {
  try {
    return { accepted: true, ...receiver.open(hex(delivery, 'record'), hex(delivery, 'callerAad')) }
  } catch (error) {
    if (error instanceof Refusal) return { accepted: false }
    throw error
  }
}

/** The operations of vectors on keys, records, what records are bound to, and what is in them. */
export const sessionOps = {
  'key-schedule': input => {
    const seed = hex(input, 'seed')
    requireSize(seed, 32, 'seed')
    return { ...deriveSessionKeys(seed) }
  },

  'record.seal': input => {
    const [seq, callerAad] = [integer64(input, 'seq'), hex(input, 'callerAad')]
    const parts = { key: hex(input, 'key'), nonce: hex(input, 'nonce'), plaintext: hex(input, 'plaintext') }
    return { aad: recordAad(seq, callerAad), record: sealRecord({ ...parts, seq, callerAad }) }
  },

  'record.open': input => ({ ...openRecord(hex(input, 'key'), hex(input, 'callerAad'), hex(input, 'record')) }),

  'record.receive': input => {
    const receiver = createReceiver(hex(input, 'key'), integer64(input, 'maxSessionRecords'))
    return { results: objects(input, 'deliveries').map(delivery => delivered(receiver, delivery)) }
  },

  'aad.request': input => ({
    aad: requestAad({
      id: text(input, 'id'),
      context_id: text(input, 'context_id'),
      task_id: text(input, 'task_id'),
      did: text(input, 'did'),
      kid: text(input, 'kid'),
      encoding: optional(input, 'encoding', text),
      stream: optional(input, 'stream', streamOf),
      metadata: optional(input, 'metadata', metadataOf),
    }),
  }),

  'aad.response': input => {
    const requestHash = requestHashOf(hex(input, 'requestRecord'))
    const aad = responseAad(
      {
        success: flag(input, 'success'),
        message_id: text(input, 'message_id'),
        task_id: text(input, 'task_id'),
        kid: text(input, 'kid'),
        error: optional(input, 'error', text),
        encoding: optional(input, 'encoding', text),
        stream: optional(input, 'stream', streamOf),
      },
      requestHash,
    )
    return { requestHash, aad }
  },

  'gzip.open': input => ({ plaintext: parseMember(hex(input, 'bytes'), integer(input, 'max')) }),
} satisfies Record<string, Operation<Input>>
