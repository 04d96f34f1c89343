import type { RequirementId } from '../../../schemas/index.js'
import type { Case, Family, Values } from '../case.js'
import { fixedBytes } from '../fixed.js'
import * as mistakes from '../mistakes/message.js'
import type { Mistake } from '../mistakes/mistake.js'
import type { Flag } from '../notes.js'

const message: Values = {
  id: 'msg-1',
  context_id: 'ctx-1',
  task_id: 'sage/ping@v1',
  did: 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK',
  kid: 'kid-9cb320bf-3bc6-4693-9787-5a7daf1a8236',
}
const chunk = { id: 's-1', seq: 3, end: true }
const metadata = { 'trace-id': 'abc', lang: 'en', accept: 'x', a_b: '1', 'a-b': '2', ab: '3', a1: '4' }

const response: Values = {
  success: true,
  message_id: 'msg-1',
  task_id: 'sage/ping@v1',
  kid: 'kid-9cb320bf-3bc6-4693-9787-5a7daf1a8236',
  requestRecord: fixedBytes('request record', 60),
}

const of =
  (prefix: string, base: Values, pinned: RequirementId) =>
  (
    id: string,
    comment: string,
    flag: Flag,
    change: Values = {},
    { also = [], mistakes = [] }: { also?: readonly RequirementId[]; mistakes?: readonly Mistake[] } = {},
  ): Case => ({
    id: `${prefix}-${id}`,
    comment,
    flags: mistakes.length > 0 ? [flag, 'NearMiss'] : [flag],
    requirements: [pinned, ...also],
    input: { ...base, ...change },
    mistakes,
  })

const request = of('request', message, 'message.request-aad')
const answer = of('response', response, 'message.response-aad')
const stream = ['message.stream-bound'] as const
const bound = ['message.metadata-bound'] as const

/** Streams of every kind, for requests and responses alike. */
const streams = (make: typeof request): Case[] => [
  make(
    'chunk-0',
    'the first chunk of a stream',
    'AadField',
    { stream: { id: 's-1', seq: 0, end: false } },
    { also: stream },
  ),
  make(
    'chunk-end',
    'the last chunk of a stream',
    'AadField',
    { stream: chunk },
    {
      also: stream,
      mistakes: [mistakes.streamUnbound, mistakes.streamEndUnbound, mistakes.streamSeqUnbound],
    },
  ),
  make(
    'chunk-2-pow-16',
    'a chunk number beyond 16 bits',
    'Border',
    { stream: { id: 's-1', seq: 65537, end: false } },
    {
      also: stream,
      mistakes: [mistakes.streamSeqOf16Bits],
    },
  ),
  make(
    'chunk-last',
    'the highest chunk number',
    'Border',
    { stream: { id: 's-1', seq: 4294967295, end: true } },
    { also: stream },
  ),
  make(
    'credit',
    'a credit: cancel counts as 0',
    'AadField',
    { stream: { id: 's-1', credit: 64 } },
    {
      also: stream,
      mistakes: [mistakes.controlAsChunk],
    },
  ),
  make(
    'credit-0',
    'a credit of 0, which is no cancellation',
    'Border',
    { stream: { id: 's-1', credit: 0 } },
    { also: stream },
  ),
  make(
    'cancel',
    'a cancellation: credit counts as 0',
    'AadField',
    { stream: { id: 's-1', cancel: true } },
    {
      also: stream,
      mistakes: [mistakes.cancelUnbound, mistakes.controlAsChunk],
    },
  ),
  make(
    'stream-id-128',
    'a stream id of 128 characters',
    'Border',
    { stream: { id: 's'.repeat(128), seq: 1, end: false } },
    { also: stream },
  ),
]

const requests: readonly Case[] = [
  request(
    'plain',
    'no optional member',
    'Honest',
    {},
    {
      mistakes: [
        mistakes.requestLabelOfResponse,
        mistakes.idUnbound,
        mistakes.contextIdUnbound,
        mistakes.taskIdUnbound,
        mistakes.didUnbound,
        mistakes.kidUnbound,
        mistakes.encodingLeftOut,
        mistakes.streamAbsentLeftOut,
        mistakes.metadataAbsentLeftOut,
        mistakes.metadataCountMissing,
      ],
    },
  ),
  request(
    'full',
    'every member',
    'Honest',
    { encoding: 'gzip', stream: chunk, metadata },
    {
      mistakes: [
        mistakes.encodingUnbound,
        mistakes.streamUnbound,
        mistakes.metadataUnbound,
        mistakes.metadataAsWritten,
      ],
    },
  ),
  request('id', 'another id', 'AadField', { id: 'msg-2' }, { also: ['message.id-bound'] }),
  request('context-id', 'another context id', 'AadField', { context_id: 'ctx-2' }),
  request('task-id', 'another task', 'AadField', { task_id: 'sage/close@v1' }, { also: ['message.task-bound'] }),
  request('did', 'another DID', 'AadField', { did: 'did:sage:ethereum:0x1111111111111111111111111111111111111111' }),
  request('kid', 'another kid', 'AadField', { kid: 'k' }, { also: ['message.kid-bound'] }),
  request('shifted', 'the characters of id and context id together are those of the plain request', 'AadField', {
    id: 'msg-1c',
    context_id: 'tx-1',
  }),
  request(
    'encoding',
    'an encoding',
    'AadField',
    { encoding: 'gzip' },
    { also: ['message.encoding-bound'], mistakes: [mistakes.encodingUnbound] },
  ),
  request(
    'encoding-identity',
    'an encoding that means nothing is not an absent one',
    'EmptyOrAbsent',
    { encoding: 'identity' },
    { also: ['message.encoding-bound'] },
  ),
  request('did-256', 'a DID of 256 characters, whose length is 01 00', 'MultiByte', {
    did: `did:m:${'i'.repeat(250)}`,
  }),
  request('did-512', 'a DID of 512 characters, whose length is 02 00', 'MultiByte', {
    did: `did:m:${'i'.repeat(506)}`,
  }),
  request('longest', 'every name of 128 characters', 'Border', {
    id: 'i'.repeat(128),
    context_id: 'c'.repeat(128),
    task_id: 't'.repeat(128),
    kid: 'k'.repeat(128),
  }),
  ...streams(request),
  request(
    'metadata-empty',
    'empty metadata: the additional data of the plain request',
    'EmptyOrAbsent',
    { metadata: {} },
    {
      also: bound,
      mistakes: [mistakes.metadataAbsentLeftOut],
    },
  ),
  request(
    'metadata-one',
    'one entry',
    'AadField',
    { metadata: { a: 'b' } },
    { also: bound, mistakes: [mistakes.metadataValuesUnbound] },
  ),
  request(
    'metadata-empty-value',
    'an entry with an empty value',
    'EmptyOrAbsent',
    { metadata: { a: '' } },
    { also: bound },
  ),
  request(
    'metadata-order',
    'entries that were written in another order than that of their names',
    'MetadataOrder',
    { metadata: { b: '1', a: '2', c: '3' } },
    {
      also: bound,
      mistakes: [mistakes.metadataAsWritten],
    },
  ),
  request(
    'metadata-byte-order',
    'hyphen, digits, underscore, letters: the order of bytes is not that of a dictionary',
    'MetadataOrder',
    { metadata },
    {
      also: bound,
      mistakes: [mistakes.metadataAsWritten, mistakes.metadataLocaleOrder],
    },
  ),
  request(
    'metadata-prefixes',
    'a name that begins another one stands before it',
    'MetadataOrder',
    { metadata: { abc: '1', ab: '2', a: '3' } },
    { also: bound },
  ),
  request(
    'metadata-shifted',
    'characters that move from the value to the name of an entry',
    'AadField',
    { metadata: { ab: 'cd' } },
    { also: bound },
  ),
  request(
    'metadata-32',
    '32 entries',
    'Border',
    {
      metadata: Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`n${31 - index}`, String(index)])),
    },
    { also: bound, mistakes: [mistakes.metadataAsWritten] },
  ),
  request(
    'metadata-value-1024',
    'a value of 1024 characters, whose length is 04 00',
    'MultiByte',
    { metadata: { v: '~'.repeat(1024) } },
    { also: bound },
  ),
  request(
    'metadata-name-32',
    'a name of 32 characters',
    'Border',
    { metadata: { ['n'.repeat(32)]: ' ' } },
    { also: bound },
  ),
  request(
    'metadata-constructor',
    'a name that means something to JavaScript',
    'Prototype',
    { metadata: { constructor: 'x', valueof: 'y' } },
    { also: bound },
  ),
]

const responses: readonly Case[] = [
  answer(
    'plain',
    'no optional member',
    'Honest',
    {},
    {
      mistakes: [
        mistakes.responseLabelOfRequest,
        mistakes.responseMessageIdUnbound,
        mistakes.responseTaskIdUnbound,
        mistakes.responseKidUnbound,
        mistakes.requestUnbound,
        mistakes.requestHashOverText,
        mistakes.requestHashWithoutSeq,
        mistakes.successAsText,
        mistakes.streamAbsentLeftOut,
      ],
    },
  ),
  answer(
    'full',
    'every member that a success has',
    'Honest',
    { encoding: 'gzip', stream: chunk },
    { mistakes: [mistakes.responseEncodingUnbound, mistakes.streamUnbound] },
  ),
  answer(
    'error',
    'an error',
    'AadField',
    { success: false, error: 'application_failed' },
    { mistakes: [mistakes.responseErrorUnbound, mistakes.successUnbound] },
  ),
  answer('error-full', 'an error at the end of a stream', 'AadField', {
    success: false,
    error: 'cancelled',
    stream: chunk,
  }),
  ...['malformed', 'task_unsupported', 'payload_too_large', 'internal', 'encoding_unsupported', 'stream_violation'].map(
    error => answer(`error-${error.replaceAll('_', '-')}`, `the error ${error}`, 'AadField', { success: false, error }),
  ),
  answer('message-id', 'another message id', 'AadField', { message_id: 'msg-2' }),
  answer('task-id', 'another task', 'AadField', { task_id: 'sage/close@v1' }),
  answer('kid', 'another kid', 'AadField', { kid: 'k' }),
  answer('encoding', 'an encoding', 'AadField', { encoding: 'gzip' }),
  answer('request-other', 'another record of the request: the response cannot be moved', 'AadField', {
    requestRecord: fixedBytes('another record', 60),
  }),
  answer('request-shortest', 'the shortest record of a request', 'Border', {
    requestRecord: fixedBytes('shortest record', 36),
  }),
  answer('longest', 'every name of 128 characters', 'Border', {
    message_id: 'i'.repeat(128),
    task_id: 't'.repeat(128),
    kid: 'k'.repeat(128),
  }),
  ...streams(answer),
]

/** What a record binds: every member of the envelope, one by one. */
export const aad = (): Family => ({
  name: 'aad',
  title: 'The additional data of requests and responses',
  anchor: 'none: the encoding is new in 1.0',
  groups: [
    { op: 'aad.request', cases: requests },
    { op: 'aad.response', cases: responses },
  ],
})
