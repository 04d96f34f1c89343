import type { RequirementId } from '../../../schemas/index.js'
import { encodeBase64Url } from '../../bytes/base64.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { actor } from '../actors.js'
import type { Ask, Case, Layer, Values } from '../case.js'
import { textOf } from '../case.js'
import { Dialogue, type Texts } from '../dialogue.js'
import { flipped } from '../fixed.js'
import type { Flag } from '../notes.js'
import { smallOrderEd25519, smallOrderX25519 } from '../points.js'
import { withOrderAdded } from '../signatures.js'
import { base64Url, borders, now, opener, other, twice, without } from './handshake-cases.js'

/** A response as the initiator must accept it, and one for each rule by which it must refuse one. */
export const responseCases = (ask: Ask): Case[] => {
  const talk = new Dialogue(ask, 'messages')
  const named = new Dialogue(ask, 'answering', { respDid: other })
  const stranger = actor(ask, 'stranger')
  const { accept, reject } = opener('response', { request: talk.request, now, keys: {} })

  const fields = talk.fields()
  const data = talk.signedData()
  const dataText = JSON.stringify(data)
  const json = (text: string = dataText, change: Values = {}): string => JSON.stringify(talk.response(text, change))
  const signed = (change: Texts): string => json(JSON.stringify(talk.signedData({ ...fields, ...change })))
  const member = (
    id: string,
    comment: string,
    flag: Flag,
    requirement: RequirementId,
    change: Values,
    layer: Layer = 'schema',
  ) => reject(layer, `message-${id}`, comment, flag, requirement, json(dataText, change))
  const dataCase = (
    id: string,
    comment: string,
    flag: Flag,
    requirement: RequirementId,
    text: string,
    layer: Layer = 'schema',
  ) => reject(layer, `data-${id}`, comment, flag, requirement, json(text))
  const refuse = (
    layer: Layer,
    id: string,
    comment: string,
    requirement: RequirementId,
    change: Texts,
    flag: Flag = 'Mismatch',
  ) => reject(layer, id, comment, flag, requirement, signed(change))
  const sorted = (values: Texts): Texts =>
    Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)))
  const signature = Buffer.from(data['sigB64']!, 'base64url').toString('hex')
  const withSignature = (hex: string): string => json(JSON.stringify({ ...fields, sigB64: base64Url(hex) }))
  const ackTag = talk.ackTag()

  return [
    accept('honest', 'a response as it should be', 'Honest', 'handshake.response-signature', json()),
    accept(
      'alphabetical',
      'the members of the data in alphabetical order, as the deployed core writes them',
      'MemberOrder',
      'handshake.response-signature',
      json(JSON.stringify(sorted(data))),
    ),
    accept(
      'white-space',
      'white space in the data: the signed text has none',
      'MemberOrder',
      'handshake.response-signature',
      json(JSON.stringify(data, null, 2)),
    ),
    accept(
      'escaped',
      'a character of the data is escaped: the signed text has it plain',
      'MemberOrder',
      'handshake.response-signature',
      json(dataText.replace('"v1"', '"\\u00761"')),
    ),
    accept(
      'configured-key',
      'a responder whose key comes from a resolver',
      'Identifier',
      'handshake.response-signature',
      JSON.stringify(named.response()),
      { request: named.request, keys: named.keys },
    ),
    accept(
      'kid-other-form',
      'a kid of one character',
      'Border',
      'handshake.response-ack-tag',
      json(JSON.stringify(talk.dataWithKid('k'))),
    ),
    ...borders
      .filter(([, , , fresh]) => fresh)
      .map(([id, comment, ts]) => accept(`ts-${id}`, comment, 'Border', 'handshake.response-ts', signed({ ts }))),

    reject(
      'encoding',
      'message-not-json',
      'a text that is no JSON',
      'JsonForm',
      'handshake.response-schema',
      json().slice(1),
    ),
    ...['success', 'message_id', 'task_id', 'data'].map(name =>
      reject(
        'schema',
        `message-no-${name.replace('_', '-')}`,
        `no ${name}`,
        'Schema',
        'handshake.response-schema',
        JSON.stringify(without(talk.response(), name)),
      ),
    ),
    member('unknown-member', 'a member that the schema does not have', 'Schema', 'conventions.json-closed', {
      comment: 'x',
    }),
    member('success-false', 'success is false', 'Schema', 'handshake.response-schema', { success: false }),
    member('success-text', 'success is a text', 'Schema', 'handshake.response-schema', { success: 'true' }),
    member('other-task', 'another task', 'Schema', 'handshake.response-schema', { task_id: 'sage/ping@v1' }),
    member(
      'other-message',
      'the answer to another message',
      'Mismatch',
      'handshake.response-message',
      { message_id: 'msg-messages-2' },
      'transcript',
    ),
    member(
      'data-base64url',
      'the data in base64url',
      'Alphabet',
      'conventions.base64-canonical',
      { data: encodeBase64Url(encodeUtf8(`${dataText}  `)) },
      'encoding',
    ),

    dataCase(
      'not-json',
      'data that is no JSON',
      'JsonForm',
      'handshake.response-schema',
      dataText.slice(0, -1),
      'encoding',
    ),
    dataCase(
      'duplicate',
      'kid twice, with one value',
      'DuplicateName',
      'conventions.json-duplicate-signed',
      twice(dataText, 'kid'),
      'encoding',
    ),
    ...Object.keys(data).map(name =>
      dataCase(
        `no-${name.toLowerCase()}`,
        `no ${name}`,
        'Schema',
        'handshake.response-schema',
        JSON.stringify(without(data, name)),
      ),
    ),
    dataCase(
      'unknown-member',
      'a member that the schema does not have, and that nobody signs',
      'Schema',
      'conventions.json-closed',
      JSON.stringify({ ...data, ttl: '60' }),
    ),
    dataCase('kid-empty', 'an empty kid', 'Length', 'conventions.token', JSON.stringify(talk.dataWithKid(''))),
    dataCase(
      'kid-line-feed',
      'a line feed after the kid, and a tag and a signature that agree with it',
      'Alphabet',
      'conventions.token',
      JSON.stringify(talk.dataWithKid(`${talk.kid}\n`)),
    ),
    dataCase(
      'kid-alphabet',
      'a slash in the kid',
      'Alphabet',
      'conventions.token',
      JSON.stringify(talk.dataWithKid('a/b')),
    ),
    dataCase(
      'ack-tag-padded',
      'ackTagB64 with padding',
      'Padding',
      'conventions.base64-canonical',
      JSON.stringify(talk.signedData({ ...fields, ackTagB64: `${fields['ackTagB64']}=` })),
    ),
    dataCase(
      'ack-tag-31-bytes',
      'a tag that is cut by a byte',
      'Length',
      'handshake.response-schema',
      JSON.stringify(talk.signedData({ ...fields, ackTagB64: base64Url(ackTag.slice(0, 62)) })),
    ),
    dataCase(
      'ts-lower-z',
      'z in lower case',
      'TimeForm',
      'conventions.time',
      JSON.stringify(talk.signedData({ ...fields, ts: '2026-01-15T12:00:00z' })),
    ),

    refuse('transcript', 'version', 'v is v2', 'handshake.response-version', { v: 'v2' }),
    refuse('transcript', 'version-empty', 'v is empty', 'handshake.response-version', { v: '' }),
    refuse('transcript', 'task', 'task is another', 'handshake.response-version', { task: 'hpke/complete@v2' }),
    refuse('transcript', 'ctx', 'another context id', 'handshake.response-echo', { ctx: 'ctx-other' }),
    refuse('transcript', 'enc', 'another enc', 'handshake.response-echo', { enc: fields['ephC']! }),
    refuse('transcript', 'ephc', 'another ephC', 'handshake.response-echo', { ephC: fields['enc']! }),
    refuse(
      'transcript',
      'enc-high-bit',
      'enc with bit 255 set, which is the same point',
      'handshake.response-echo',
      { enc: base64Url(flipped(textOf(talk.offer, 'enc'), 31, 0x80)) },
      'HighBit',
    ),
    refuse('identity', 'did', 'another DID', 'handshake.response-did', { did: stranger.did }),
    reject(
      'identity',
      'did-and-signature',
      'another DID, and a good signature of its agent',
      'WrongKey',
      'handshake.response-did',
      json(JSON.stringify(talk.signedData({ ...fields, did: stranger.did }, stranger.signing))),
    ),
    refuse('transcript', 'info-hash', 'infoHash of another info', 'handshake.response-hashes', {
      infoHash: fields['exportCtxHash']!,
    }),
    refuse('transcript', 'export-ctx-hash', 'exportCtxHash of another exportCtx', 'handshake.response-hashes', {
      exportCtxHash: fields['infoHash']!,
    }),
    ...borders
      .filter(([, , , fresh]) => !fresh)
      .map(([id, comment, ts]) =>
        refuse(
          'freshness',
          `ts-${id}`,
          comment,
          'handshake.response-ts',
          { ts },
          id.startsWith('over') ? 'Border' : 'Freshness',
        ),
      ),
    ...smallOrderX25519.map(({ name, bytes }) =>
      refuse(
        'agreement',
        `ephs-small-order-${name}`,
        `ephS is a point of small order: ${name}`,
        'handshake.response-low-order',
        { ephS: base64Url(bytes) },
        'SmallOrder',
      ),
    ),
    refuse('transcript', 'ephs-other', 'ephS is another key than the one of the tag', 'handshake.response-ack-tag', {
      ephS: fields['enc']!,
    }),
    refuse(
      'transcript',
      'ack-tag-flipped',
      'one bit of the tag, under a good signature',
      'handshake.response-ack-tag',
      { ackTagB64: base64Url(flipped(ackTag, 31)) },
      'Tampered',
    ),
    refuse(
      'transcript',
      'ack-tag-first-byte',
      'the first bit of the tag, under a good signature',
      'handshake.response-ack-tag',
      { ackTagB64: base64Url(flipped(ackTag, 0, 0x80)) },
      'Tampered',
    ),
    refuse(
      'transcript',
      'ack-tag-zero',
      'a tag of zeros, under a good signature',
      'handshake.response-ack-tag',
      { ackTagB64: base64Url('00'.repeat(32)) },
      'Tampered',
    ),
    refuse(
      'transcript',
      'ack-tag-of-other-kid',
      'the tag of another kid, under a good signature',
      'handshake.response-ack-tag',
      { kid: 'kid-other' },
    ),
    refuse(
      'transcript',
      'ack-tag-of-other-nonce',
      'the tag of another nonce, under a good signature',
      'handshake.response-ack-tag',
      { ackTagB64: base64Url(talk.ackTag({ nonce: 'nonce-other' })) },
    ),
    reject(
      'signature',
      'signature-flipped',
      'one bit of the signature, with a good tag',
      'ForgedSignature',
      'handshake.response-signature',
      withSignature(flipped(signature, 40)),
    ),
    reject(
      'signature',
      'signature-malleable',
      'the group order is added to S',
      'ForgedSignature',
      'identity.signature-strict',
      withSignature(withOrderAdded(signature)),
    ),
    reject(
      'signature',
      'signature-of-stranger',
      'signed by another agent, with a good tag',
      'WrongKey',
      'handshake.response-signature',
      json(JSON.stringify(talk.signedData(fields, stranger.signing))),
    ),
    reject(
      'signature',
      'signature-of-initiator',
      'signed by the initiator itself, with a good tag',
      'WrongKey',
      'handshake.response-signature',
      json(JSON.stringify(talk.signedData(fields, talk.initiator.signing))),
    ),
    reject(
      'signature',
      'signature-alphabetical',
      'the signature is over the members in alphabetical order',
      'MemberOrder',
      'handshake.response-signature',
      withSignature(talk.sign(JSON.stringify(sorted(fields)), talk.responder.signing)),
    ),
    reject(
      'signature',
      'signature-over-data',
      'the signature is over the text with white space',
      'MemberOrder',
      'handshake.response-signature',
      withSignature(talk.sign(JSON.stringify(fields, null, 1), talk.responder.signing)),
    ),
    reject(
      'transcript',
      'kid-changed',
      'the kid was changed after signing',
      'Tampered',
      'handshake.response-ack-tag',
      json(dataText.replace('kid-messages', 'kid-nessages')),
    ),
    reject(
      'signature',
      'ts-changed',
      'the time was changed after signing: the tag still holds',
      'Tampered',
      'handshake.response-signature',
      json(dataText.replace('00.5Z', '00.6Z')),
    ),
    reject(
      'identity',
      'unresolved',
      'nobody resolves the DID of the responder',
      'WrongKey',
      'handshake.response-signature',
      JSON.stringify(named.response()),
      { request: named.request },
    ),
    reject(
      'key',
      'key-small-order',
      'the key of the responder is of small order; R is the identity and S zero',
      'SmallOrder',
      'identity.key-small-order',
      JSON.stringify(named.response(JSON.stringify({ ...named.fields(), sigB64: base64Url(`01${'00'.repeat(63)}`) }))),
      { request: named.request, keys: { [other]: smallOrderEd25519[0]!.bytes } },
    ),
  ]
}
