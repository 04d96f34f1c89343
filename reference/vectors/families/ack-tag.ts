import { actor, x25519Public } from '../actors.js'
import type { Ask, Case, Family, Values } from '../case.js'
import { textOf } from '../case.js'
import { fixedBytes, repeated } from '../fixed.js'
import * as mistakes from '../mistakes/handshake.js'
import type { Mistake } from '../mistakes/mistake.js'
import type { Flag } from '../notes.js'
import { withHighBit } from '../points.js'

const tagMisses: readonly Mistake[] = [
  mistakes.ackKeyLabelChanged,
  mistakes.ackKeyWithoutCounter,
  mistakes.ackKeyCounterByte,
  mistakes.ackKeyLittleEndian,
  mistakes.ackKeyExchanged,
  mistakes.thWithoutZeros,
  mistakes.thZerosAfter,
  mistakes.thLengths,
  mistakes.thEphemeralsExchanged,
  mistakes.thWithoutDids,
  mistakes.thOverText,
  mistakes.ackMsgLabelChanged,
  mistakes.tagWithoutLengths,
  mistakes.tagByteLengths,
  mistakes.tagOrderChanged,
  mistakes.tagWithoutTranscript,
  mistakes.tagTranscriptWithLength,
]

/** The tag by which a responder proves that it has the seed, and what it answers with its signature. */
export const ackTag = (ask: Ask): Family => {
  const [initiator, responder] = [actor(ask, 'initiator'), actor(ask, 'responder')]
  const base: Values = {
    seed: fixedBytes('ack seed'),
    ctx: 'ctx-3f1d',
    nonce: 'c669fd80-88b1-48bd-ba69-0ec113108acd',
    kid: 'kid-9cb320bf-3bc6-4693-9787-5a7daf1a8236',
    initDid: initiator.did,
    respDid: responder.did,
    enc: x25519Public(ask, fixedBytes('ack enc')),
    ephC: x25519Public(ask, fixedBytes('ack ephC')),
    ephS: x25519Public(ask, fixedBytes('ack ephS')),
  }
  const tag = (id: string, comment: string, flag: Flag, change: Values = {}): Case => ({
    id,
    comment,
    flags: [flag],
    requirements: ['handshake.ack-key', 'handshake.transcript-hash', 'handshake.ack-tag'],
    input: { ...base, ...change },
  })
  return {
    name: 'ack-tag',
    title: 'The acknowledgement tag',
    anchor:
      'the formulas are those of the deployed core, whose recording is in recorded-sage-go-1.5.2.json; none for these inputs',
    groups: [
      {
        op: 'handshake.ack-tag',
        cases: [
          { ...tag('honest', 'two agents with did:key', 'Honest'), flags: ['Honest', 'NearMiss'], mistakes: tagMisses },
          tag(
            'shifted-nonce-kid',
            'the characters of nonce and kid together are those of the next test',
            'Identifier',
            { nonce: 'ab', kid: 'c' },
          ),
          tag('shifted-nonce-kid-other', 'the same characters, cut elsewhere: another tag', 'Identifier', {
            nonce: 'a',
            kid: 'bc',
          }),
          tag('longest', 'ctx, nonce and kid of 128 characters', 'Border', {
            ctx: 'c'.repeat(128),
            nonce: 'n'.repeat(128),
            kid: 'k'.repeat(128),
          }),
          tag('shortest', 'ctx, nonce and kid of one character', 'Border', { ctx: 'c', nonce: 'n', kid: 'k' }),
          tag('long-dids', 'DIDs of 512 characters, whose lengths need two bytes', 'MultiByte', {
            initDid: `did:m:${'i'.repeat(506)}`,
            respDid: `did:m:${'r'.repeat(506)}`,
          }),
          tag('same-keys', 'enc, ephC and ephS are one key: their places still tell them apart', 'DegenerateKey', {
            ephC: base['enc'],
            ephS: base['enc'],
          }),
          tag('seed-zero', 'a seed of zeros', 'DegenerateKey', { seed: repeated(0, 32) }),
          tag('seed-ff', 'a seed of ones', 'DegenerateKey', { seed: repeated(0xff, 32) }),
          tag('keys-as-received', 'bit 255 of the three keys is set, as it was received', 'HighBit', {
            enc: withHighBit(textOf(base, 'enc')),
            ephC: withHighBit(textOf(base, 'ephC')),
            ephS: withHighBit(textOf(base, 'ephS')),
          }),
        ],
      },
    ],
  }
}
