import type { RequirementId } from '../../../schemas/index.js'
import { actor } from '../actors.js'
import type { Ask, Case, Layer, Values } from '../case.js'
import { textOf } from '../case.js'
import { base64OfHex, base64OfText, Dialogue, type Texts } from '../dialogue.js'
import { flipped } from '../fixed.js'
import type { Flag } from '../notes.js'
import { smallOrderEd25519, smallOrderX25519 } from '../points.js'
import { withOrderAdded } from '../signatures.js'
import { base64Url, borders, hexOfBase64, now, opener, other, twice, without } from './handshake-cases.js'

/** A request as the responder must accept it, and one for each rule by which it must refuse one. */
export const requestCases = (ask: Ask): Case[] => {
  const talk = new Dialogue(ask, 'messages')
  const named = new Dialogue(ask, 'named', { initDid: other })
  const stranger = actor(ask, 'stranger')
  const { accept, reject } = opener('message', { respDid: talk.responder.did, now, keys: {} })

  const honest = talk.payload()
  const honestText = JSON.stringify(honest)
  const json = (payload: string = honestText, change: Values = {}): string =>
    JSON.stringify(talk.message(payload, change))
  const signed = (change: Texts): string => json(JSON.stringify({ ...honest, ...change }))
  const payload = (
    id: string,
    comment: string,
    flag: Flag,
    requirement: RequirementId,
    text: string,
    layer: Layer = 'schema',
  ) => reject(layer, `payload-${id}`, comment, flag, requirement, json(text))
  const member = (
    id: string,
    comment: string,
    flag: Flag,
    requirement: RequirementId,
    change: Values,
    layer: Layer = 'schema',
  ) => reject(layer, `message-${id}`, comment, flag, requirement, json(honestText, change))
  const spaced = ` \n${honestText}\r\n `
  const honestSignature = hexOfBase64(talk.message()['signature'])
  const stringsOf = (change: Partial<Record<'ctx' | 'initDid' | 'respDid', string>>): Texts => {
    const { info, exportCtx } = ask('handshake.ack-tag', {
      seed: honestSignature.slice(0, 64),
      nonce: 'n',
      kid: 'k',
      enc: talk.offer['enc'],
      ephC: talk.offer['ephC'],
      ephS: talk.answer['ephS'],
      ...talk.parties,
      ...change,
    })
    return { info: String(info), exportCtx: String(exportCtx) }
  }

  return [
    accept('honest', 'a request as it should be', 'Honest', 'handshake.answered', json()),
    accept(
      'no-role',
      'role is absent',
      'EmptyOrAbsent',
      'message.schema',
      JSON.stringify(without(talk.message(), 'role')),
    ),
    accept(
      'member-order',
      'members of message and payload in the opposite order, with white space',
      'MemberOrder',
      'handshake.signature',
      JSON.stringify(
        Object.fromEntries(
          Object.entries(
            talk.message(JSON.stringify(Object.fromEntries(Object.entries(honest).reverse()), null, 1)),
          ).reverse(),
        ),
        null,
        2,
      ),
    ),
    accept(
      'escaped',
      'characters of the payload are escaped: the signature is over the bytes as they are',
      'MemberOrder',
      'handshake.signature',
      json(honestText.replaceAll('"did:', '"\\u0064id:')),
    ),
    accept(
      'payload-white-space-around',
      'white space before and after the JSON of the payload, and the signature over all of it',
      'MemberOrder',
      'handshake.signature',
      json(spaced),
    ),
    accept(
      'configured-key',
      'an initiator whose key comes from a resolver',
      'Identifier',
      'handshake.did-resolves',
      JSON.stringify(named.message()),
      {
        respDid: named.responder.did,
        keys: named.keys,
      },
    ),
    accept(
      'longest-nonce',
      'a nonce of 128 characters',
      'Border',
      'conventions.token',
      signed({ nonce: 'n'.repeat(128) }),
    ),
    accept(
      'whole-seconds',
      'a time without a fraction',
      'Precision',
      'conventions.time',
      signed({ ts: '2026-01-15T12:00:00Z' }),
    ),
    ...borders
      .filter(([, , , fresh]) => fresh)
      .map(([id, comment, ts]) => accept(`ts-${id}`, comment, 'Border', 'handshake.ts-fresh', signed({ ts }))),

    reject('encoding', 'message-not-json', 'a text that is no JSON', 'JsonForm', 'message.schema', json().slice(0, -1)),
    reject(
      'encoding',
      'message-bom',
      'a byte order mark before the message',
      'JsonForm',
      'conventions.json-utf8',
      `\ufeff${json()}`,
    ),
    ...['id', 'context_id', 'task_id', 'payload', 'did', 'signature'].map(name =>
      reject(
        'schema',
        `message-no-${name.replace('_', '-')}`,
        `no ${name}`,
        'Schema',
        'message.schema',
        JSON.stringify(without(talk.message(), name)),
      ),
    ),
    member('unknown-member', 'a member that the schema does not have', 'Schema', 'conventions.json-closed', {
      comment: 'x',
    }),
    member('kid', 'a kid: this is no handshake message', 'Schema', 'message.schema', { kid: 'kid-1' }),
    member('role-agent', 'another role', 'Schema', 'message.schema', { role: 'agent' }),
    member('role-null', 'null for an absent role', 'Schema', 'conventions.json-null', { role: null }),
    member('id-empty', 'an empty id', 'Length', 'conventions.token', { id: '' }),
    member('id-129', 'an id of 129 characters', 'Border', 'conventions.token', { id: 'i'.repeat(129) }),
    member('id-line-feed', 'a line feed after the id', 'Alphabet', 'conventions.token', { id: `${talk.id}\n` }),
    reject(
      'schema',
      'message-context-line-feed',
      'a line feed after the context id, and info and exportCtx that agree with it',
      'Alphabet',
      'conventions.token',
      json(honestText.replaceAll(`|ctx=${talk.ctx}`, `|ctx=${talk.ctx}\\n`), { context_id: `${talk.ctx}\n` }),
    ),
    member('did-form', 'a DID URL for a DID', 'Alphabet', 'conventions.did', { did: `${talk.initiator.did}#key` }),
    member('other-task', 'a task that is not the handshake', 'Schema', 'handshake.task', { task_id: 'sage/ping@v1' }),
    member('task-version', 'the handshake of another version', 'Schema', 'handshake.task', {
      task_id: 'hpke/complete@v2',
    }),
    member(
      'payload-base64url',
      'the payload in base64url',
      'Alphabet',
      'conventions.base64-canonical',
      {
        payload: Buffer.from(honestText.replace('"enc"', ' "enc"')).toString('base64url'),
        signature: base64OfHex(talk.sign(honestText.replace('"enc"', ' "enc"'))),
      },
      'encoding',
    ),
    member(
      'payload-line-feed',
      'a line feed after the payload',
      'Alphabet',
      'conventions.base64-canonical',
      { payload: `${base64OfText(honestText)}\n` },
      'encoding',
    ),
    member(
      'payload-empty',
      'an empty payload',
      'Length',
      'handshake.request-schema',
      { payload: '', signature: base64OfHex(talk.sign('')) },
      'encoding',
    ),
    member(
      'signature-base64url',
      'the signature in base64url without padding',
      'Padding',
      'conventions.base64-canonical',
      { signature: base64Url(honestSignature) },
    ),
    member('signature-63-bytes', 'a signature of 63 bytes', 'Length', 'message.schema', {
      signature: base64OfHex(honestSignature.slice(2)),
    }),
    member(
      'signature-trailing-bits',
      'unused bits of the signature text are not zero',
      'NonCanonical',
      'conventions.base64-canonical',
      {
        signature: base64OfHex(honestSignature).replace(
          /(.)==$/,
          last => `${String.fromCharCode(last.charCodeAt(0) + 1)}==`,
        ),
      },
    ),

    payload(
      'not-json',
      'a payload that is no JSON',
      'JsonForm',
      'handshake.request-schema',
      honestText.slice(1),
      'encoding',
    ),
    payload(
      'array',
      'a payload that is an array',
      'JsonForm',
      'handshake.request-schema',
      `[${honestText}]`,
      'encoding',
    ),
    payload(
      'bom',
      'a byte order mark before the payload',
      'JsonForm',
      'conventions.json-utf8',
      `\ufeff${honestText}`,
      'encoding',
    ),
    payload(
      'duplicate',
      'nonce twice, with one value',
      'DuplicateName',
      'conventions.json-duplicate-signed',
      twice(honestText, 'nonce'),
      'encoding',
    ),
    ...Object.keys(honest).map(name =>
      payload(
        `no-${name.toLowerCase()}`,
        `no ${name}`,
        'Schema',
        'handshake.request-schema',
        JSON.stringify(without(honest, name)),
      ),
    ),
    payload(
      'unknown-member',
      'a member that the schema does not have',
      'Schema',
      'conventions.json-closed',
      JSON.stringify({ ...honest, role: 'user' }),
    ),
    payload(
      'nonce-number',
      'a nonce that is a number',
      'Schema',
      'handshake.request-schema',
      JSON.stringify({ ...honest, nonce: 1 }),
    ),
    payload(
      'nonce-null',
      'a nonce that is null',
      'Schema',
      'conventions.json-null',
      JSON.stringify({ ...honest, nonce: null }),
    ),
    payload('nonce-empty', 'an empty nonce', 'Length', 'conventions.token', JSON.stringify({ ...honest, nonce: '' })),
    payload(
      'nonce-129',
      'a nonce of 129 characters',
      'Border',
      'conventions.token',
      JSON.stringify({ ...honest, nonce: 'n'.repeat(129) }),
    ),
    payload(
      'nonce-alphabet',
      'a bar in the nonce',
      'Alphabet',
      'conventions.token',
      JSON.stringify({ ...honest, nonce: 'a|b' }),
    ),
    payload(
      'nonce-line-feed',
      'a line feed after the nonce',
      'Alphabet',
      'conventions.token',
      JSON.stringify({ ...honest, nonce: `${talk.nonce}\n` }),
    ),
    payload(
      'enc-padded',
      'enc in padded base64url',
      'Padding',
      'conventions.base64-canonical',
      JSON.stringify({ ...honest, enc: `${honest['enc']}=` }),
    ),
    payload(
      'enc-31-bytes',
      'enc of 31 bytes',
      'Length',
      'handshake.request-schema',
      JSON.stringify({ ...honest, enc: base64Url(textOf(talk.offer, 'enc').slice(2)) }),
    ),
    payload(
      'enc-33-bytes',
      'enc of 33 bytes',
      'Length',
      'handshake.request-schema',
      JSON.stringify({ ...honest, enc: base64Url(`${textOf(talk.offer, 'enc')}00`) }),
    ),
    payload(
      'ephc-hex',
      'ephC in hex',
      'NonCanonical',
      'handshake.request-schema',
      JSON.stringify({ ...honest, ephC: textOf(talk.offer, 'ephC') }),
    ),
    payload(
      'ephc-trailing-bits',
      'unused bits of ephC are not zero',
      'NonCanonical',
      'conventions.base64-canonical',
      JSON.stringify({
        ...honest,
        ephC: honest['ephC']!.replace(/.$/, last => String.fromCharCode(last.charCodeAt(0) + 1)),
      }),
    ),
    payload(
      'ts-lower-z',
      'z in lower case',
      'TimeForm',
      'conventions.time',
      JSON.stringify({ ...honest, ts: '2026-01-15T12:00:00z' }),
    ),
    payload(
      'ts-offset',
      'an offset',
      'TimeForm',
      'conventions.time',
      JSON.stringify({ ...honest, ts: '2026-01-15T12:00:00+00:00' }),
    ),
    payload(
      'ts-ten-digits',
      'ten digits of a fraction',
      'Precision',
      'conventions.time',
      JSON.stringify({ ...honest, ts: '2026-01-15T12:00:00.0000000000Z' }),
    ),
    reject(
      'schema',
      'payload-ts-february-30',
      '30 February, which some take for 2 March',
      'Calendar',
      'conventions.time',
      signed({ ts: '2026-02-30T12:00:00Z' }),
      { now: '2026-03-02T12:00:00Z' },
    ),
    reject(
      'schema',
      'payload-ts-leap-second',
      'second 60',
      'Calendar',
      'conventions.time',
      signed({ ts: '2026-01-15T11:59:60Z' }),
    ),

    reject(
      'identity',
      'did-unresolved',
      'a DID that nobody resolves',
      'WrongKey',
      'handshake.did-resolves',
      JSON.stringify(named.message()),
      { respDid: named.responder.did },
    ),
    reject(
      'identity',
      'did-key-broken',
      'a did:key that names no key',
      'WrongKey',
      'handshake.did-resolves',
      json(JSON.stringify({ ...honest, initDid: 'did:key:z6Mk', ...stringsOf({ initDid: 'did:key:z6Mk' }) }), {
        did: 'did:key:z6Mk',
      }),
    ),
    ...smallOrderEd25519
      .slice(0, 2)
      .map(({ name, bytes }) =>
        reject(
          'key',
          `key-small-order-${name}`,
          `the key of the initiator is of small order (${name}); R is the identity and S zero`,
          'SmallOrder',
          'identity.key-small-order',
          JSON.stringify({ ...named.message(), signature: base64OfHex(`01${'00'.repeat(63)}`) }),
          { respDid: named.responder.did, keys: { [other]: bytes } },
        ),
      ),
    member(
      'signature-flipped',
      'one bit of the signature',
      'ForgedSignature',
      'handshake.signature',
      { signature: base64OfHex(flipped(honestSignature, 3)) },
      'signature',
    ),
    member(
      'signature-malleable',
      'the group order is added to S',
      'ForgedSignature',
      'identity.signature-strict',
      { signature: base64OfHex(withOrderAdded(honestSignature)) },
      'signature',
    ),
    member(
      'signature-over-base64',
      'the signature is over the base64 text of the payload',
      'ForgedSignature',
      'handshake.signature',
      { signature: base64OfHex(talk.sign(base64OfText(honestText))) },
      'signature',
    ),
    reject(
      'signature',
      'message-signature-over-stripped',
      'white space before and after the JSON of the payload, and the signature over the JSON without it',
      'ForgedSignature',
      'handshake.signature',
      json(spaced, { signature: base64OfHex(honestSignature) }),
    ),
    member(
      'signature-of-stranger',
      'signed by another agent',
      'WrongKey',
      'handshake.signature',
      { signature: base64OfHex(talk.sign(honestText, stranger.signing)) },
      'signature',
    ),
    member(
      'payload-rewritten',
      'the payload is written anew after signing: the same values, other bytes',
      'Tampered',
      'handshake.signature',
      { payload: base64OfText(JSON.stringify(honest, null, 1)) },
      'signature',
    ),
    member(
      'payload-changed',
      'one character of the nonce is changed after signing',
      'Tampered',
      'handshake.signature',
      { payload: base64OfText(honestText.replace('nonce-messages', 'nonce-nessages')) },
      'signature',
    ),
    reject(
      'identity',
      'did-mismatch',
      'initDid is another than the agent that signs, and everything else agrees with initDid',
      'Mismatch',
      'handshake.did-match',
      json(JSON.stringify({ ...honest, initDid: stranger.did, ...stringsOf({ initDid: stranger.did }) })),
    ),
    reject(
      'identity',
      'did-mismatch-only',
      'initDid is another than the agent that signs, and everything else is honest',
      'Mismatch',
      'handshake.did-match',
      signed({ initDid: stranger.did }),
    ),
    reject(
      'identity',
      'resp-did-other',
      'a request to another responder, in every part of it',
      'Mismatch',
      'handshake.resp-did',
      signed({ respDid: stranger.did, ...stringsOf({ respDid: stranger.did }) }),
    ),
    reject(
      'identity',
      'resp-did-only',
      'respDid names another responder, info does not',
      'Mismatch',
      'handshake.resp-did',
      signed({ respDid: stranger.did }),
    ),
    ...borders
      .filter(([, , , fresh]) => !fresh)
      .map(([id, comment, ts]) =>
        reject(
          'freshness',
          `ts-${id}`,
          comment,
          id.startsWith('over') ? 'Border' : 'Freshness',
          'handshake.ts-fresh',
          signed({ ts }),
        ),
      ),
    reject(
      'transcript',
      'info-other-suite',
      'info names another suite',
      'Mismatch',
      'handshake.info-match',
      signed({ info: honest['info']!.replace('sha256', 'sha512') }),
    ),
    reject('transcript', 'info-empty', 'info is empty', 'Mismatch', 'handshake.info-match', signed({ info: '' })),
    reject(
      'transcript',
      'info-longer',
      'info has one character more',
      'Mismatch',
      'handshake.info-match',
      signed({ info: `${honest['info']}x` }),
    ),
    reject(
      'transcript',
      'info-of-other-initiator',
      'info names another initiator',
      'Mismatch',
      'handshake.info-match',
      signed({ info: stringsOf({ initDid: stranger.did })['info']! }),
    ),
    reject(
      'transcript',
      'export-ctx-other',
      'exportCtx names another combiner',
      'Mismatch',
      'handshake.export-ctx-match',
      signed({ exportCtx: honest['exportCtx']!.replace('-v1|ctx', '-v2|ctx') }),
    ),
    reject(
      'transcript',
      'export-ctx-shorter',
      'exportCtx has one character less',
      'Mismatch',
      'handshake.export-ctx-match',
      signed({ exportCtx: honest['exportCtx']!.slice(0, -1) }),
    ),
    reject(
      'transcript',
      'strings-exchanged',
      'info and exportCtx exchanged',
      'Mismatch',
      'handshake.info-match',
      signed({ info: honest['exportCtx']!, exportCtx: honest['info']! }),
    ),
    reject(
      'transcript',
      'context-changed',
      'the context id of the message, which nobody signs, is changed',
      'Tampered',
      'handshake.info-match',
      json(honestText, { context_id: 'ctx-moved' }),
    ),
    ...(['enc', 'ephC'] as const).flatMap(name =>
      smallOrderX25519.map(({ name: point, bytes }) =>
        reject(
          'agreement',
          `${name.toLowerCase()}-small-order-${point}`,
          `${name} is a point of small order: ${point}`,
          'SmallOrder',
          'handshake.low-order',
          signed({ [name]: base64Url(bytes) }),
        ),
      ),
    ),
  ]
}
