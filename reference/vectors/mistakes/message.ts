import type { Metadata, Stream } from '../../../schemas/index.js'
import { encodeBase64 } from '../../bytes/base64.js'
import { concat } from '../../bytes/concat.js'
import { be16, be32, len16, u8 } from '../../bytes/integers.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { RequestEnvelope, ResponseEnvelope } from '../../message/aad.js'
import type { Mistake } from './mistake.js'

/** The additional data of a request in which a member counts as empty. */
const requestWithout = (member: 'id' | 'context_id' | 'task_id' | 'did' | 'kid' | 'encoding'): Mistake => ({
  mistake: `${member} is not bound`,
  parts: honest => ({
    requestAad: (message, parts) => honest.requestAad({ ...message, [member]: '' } as RequestEnvelope, parts),
  }),
})

const responseWithout = (member: 'message_id' | 'task_id' | 'kid' | 'error' | 'encoding'): Mistake => ({
  mistake: `${member} is not bound`,
  parts: honest => ({
    responseAad: (response, hash, parts) =>
      honest.responseAad({ ...response, [member]: '' } as ResponseEnvelope, hash, parts),
  }),
})

export const idUnbound = requestWithout('id')
export const contextIdUnbound = requestWithout('context_id')
export const taskIdUnbound = requestWithout('task_id')
export const didUnbound = requestWithout('did')
export const kidUnbound = requestWithout('kid')
export const encodingUnbound = requestWithout('encoding')
export const responseMessageIdUnbound = responseWithout('message_id')
export const responseTaskIdUnbound = responseWithout('task_id')
export const responseKidUnbound = responseWithout('kid')
export const responseErrorUnbound = responseWithout('error')
export const responseEncodingUnbound = responseWithout('encoding')

export const requestLabelOfResponse: Mistake = {
  mistake: 'the label of a response on a request',
  parts: honest => ({ messageLabels: { ...honest.messageLabels, request: honest.messageLabels.response } }),
}

export const responseLabelOfRequest: Mistake = {
  mistake: 'the label of a request on a response',
  parts: honest => ({ messageLabels: { ...honest.messageLabels, response: honest.messageLabels.request } }),
}

export const encodingLeftOut: Mistake = {
  mistake: 'the length of an absent encoding is missing',
  parts: honest => ({
    requestAad: (message, parts) => {
      const aad = honest.requestAad(message, parts)
      if (message.encoding !== undefined) return aad
      const tail = concat(parts.encodeStream(message.stream), parts.encodeMetadata(message.metadata))
      return concat(aad.subarray(0, aad.length - tail.length - 2), tail)
    },
  }),
}

export const streamUnbound: Mistake = {
  mistake: 'stream is not bound',
  parts: () => ({ encodeStream: () => u8(0) }),
}

const chunkWithout = (mistake: string, encode: (chunk: Extract<Stream, { seq: number }>) => Uint8Array): Mistake => ({
  mistake,
  parts: honest => ({
    encodeStream: stream => (stream !== undefined && 'seq' in stream ? encode(stream) : honest.encodeStream(stream)),
  }),
})

export const streamEndUnbound = chunkWithout('stream.end is not bound', ({ id, seq }) =>
  concat(u8(1), len16(id), be32(seq), u8(0)),
)

export const streamSeqUnbound = chunkWithout('stream.seq is not bound', ({ id, end }) =>
  concat(u8(1), len16(id), be32(0), u8(Number(end))),
)

export const streamSeqOf16Bits = chunkWithout('stream.seq in 16 bits', ({ id, seq, end }) =>
  concat(u8(1), len16(id), be16(seq & 0xffff), u8(Number(end))),
)

export const streamAbsentLeftOut: Mistake = {
  mistake: 'nothing in the place of an absent stream',
  parts: honest => ({
    encodeStream: stream => (stream === undefined ? new Uint8Array() : honest.encodeStream(stream)),
  }),
}

export const controlAsChunk: Mistake = {
  mistake: 'a control is encoded with the mark of a chunk',
  parts: honest => ({
    encodeStream: stream => {
      const encoded = honest.encodeStream(stream)
      return stream === undefined ? encoded : concat(u8(1), encoded.subarray(1))
    },
  }),
}

export const cancelUnbound: Mistake = {
  mistake: 'stream.cancel is not bound',
  parts: honest => ({
    encodeStream: stream =>
      honest.encodeStream(stream !== undefined && 'cancel' in stream ? { id: stream.id, credit: 0 } : stream),
  }),
}

export const metadataUnbound: Mistake = {
  mistake: 'metadata is not bound',
  parts: honest => ({ encodeMetadata: () => honest.encodeMetadata() }),
}

const metadataAs = (mistake: string, encode: (entries: [string, string][]) => Uint8Array): Mistake => ({
  mistake,
  parts: () => ({ encodeMetadata: (metadata: Metadata = {}) => encode(Object.entries(metadata)) }),
})

const lengths = (entries: readonly (readonly [string, string])[]): Uint8Array[] =>
  entries.flat().map(text => len16(text))

const inOrder = (entries: readonly [string, string][]): [string, string][] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1))

export const metadataAsWritten = metadataAs('metadata in the order in which it was written', entries =>
  concat(be16(entries.length), ...lengths(entries)),
)

export const metadataLocaleOrder = metadataAs('metadata in the order of a dictionary', entries =>
  concat(be16(entries.length), ...lengths([...entries].sort(([a], [b]) => a.localeCompare(b, 'en')))),
)

export const metadataAbsentLeftOut = metadataAs('nothing in the place of absent metadata', entries =>
  entries.length === 0 ? new Uint8Array() : concat(be16(entries.length), ...lengths(inOrder(entries))),
)

export const metadataCountMissing = metadataAs('the number of entries is missing from the metadata', entries =>
  concat(...lengths(inOrder(entries))),
)

export const metadataValuesUnbound = metadataAs('the values of the metadata are not bound', entries =>
  concat(be16(entries.length), ...inOrder(entries).flatMap(([name]) => [len16(name), len16('')])),
)

export const successUnbound: Mistake = {
  mistake: 'success is not bound',
  parts: honest => ({
    responseAad: (response, hash, parts) => {
      const aad = honest.responseAad(response, hash, parts)
      const { message_id, task_id, kid } = response
      aad[
        concat(encodeUtf8(parts.messageLabels.response), ...[message_id, task_id, kid].map(text => len16(text))).length
      ] = 1
      return aad
    },
  }),
}

export const successAsText: Mistake = {
  mistake: 'success as text with its length',
  parts: honest => ({
    responseAad: (response, hash, parts) => {
      const aad = honest.responseAad(response, hash, parts)
      const { message_id, task_id, kid, success } = response
      const head = concat(
        encodeUtf8(parts.messageLabels.response),
        ...[message_id, task_id, kid].map(text => len16(text)),
      )
      return concat(head, len16(String(success)), aad.subarray(head.length + 1))
    },
  }),
}

export const requestUnbound: Mistake = {
  mistake: 'the record of the request is not bound',
  parts: () => ({ requestHash: () => new Uint8Array(32) }),
}

export const requestHashOverText: Mistake = {
  mistake: 'the hash is over the base64 text of the record',
  parts: () => ({ requestHash: (record, parts) => parts.sha256(encodeUtf8(encodeBase64(record))) }),
}

export const requestHashWithoutSeq: Mistake = {
  mistake: 'the hash leaves out the sequence number of the record',
  parts: () => ({ requestHash: (record, parts) => parts.sha256(record.subarray(8)) }),
}
