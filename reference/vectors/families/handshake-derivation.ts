import { actor, x25519Public, type Actor } from '../actors.js'
import type { Ask, Case, Family, Group, Values } from '../case.js'
import { textOf } from '../case.js'
import { fixedBytes } from '../fixed.js'
import * as mistakes from '../mistakes/handshake.js'
import type { Mistake } from '../mistakes/mistake.js'
import type { Flag } from '../notes.js'
import { smallOrderX25519, withHighBit } from '../points.js'

const requirements = ['handshake.strings', 'handshake.exporter', 'handshake.shared-secret', 'handshake.seed'] as const

const nearMisses: readonly Mistake[] = [
  mistakes.infoLabelChanged,
  mistakes.suiteChanged,
  mistakes.combinerChanged,
  mistakes.rolesExchanged,
  mistakes.exportCtxLabelChanged,
  mistakes.infoAndContextExchanged,
  mistakes.exporterContextEmpty,
  mistakes.hpkeInfoEmpty,
  mistakes.prkExchanged,
  mistakes.secretsExchanged,
  mistakes.secretMissing,
  mistakes.saltEmpty,
  mistakes.seedLabelChanged,
  mistakes.seedNotExpanded,
]

interface Parties {
  readonly id: string
  readonly comment: string
  readonly flag: Flag
  readonly ctx: string
  readonly initDid: string
  readonly respDid: string
  readonly mistakes?: readonly Mistake[]
}

/** The derivation of both sides for several parties, and public keys that must be refused or taken as they come. */
export const handshakeDerivation = (ask: Ask): Family => {
  const [initiator, responder] = [actor(ask, 'initiator'), actor(ask, 'responder')]
  const parties: readonly Parties[] = [
    {
      id: 'did-key',
      comment: 'two agents with did:key',
      flag: 'Honest',
      ctx: 'ctx-0b5ff1c0-9d3c-4c40-8a53-3a6c3f1e0b7a',
      initDid: initiator.did,
      respDid: responder.did,
      mistakes: nearMisses,
    },
    {
      id: 'other-methods',
      comment: 'DIDs of two methods, one with a port in it',
      flag: 'Identifier',
      ctx: 'c',
      initDid: 'did:web:example.com%3A8443:agents:alice',
      respDid: 'did:sage:ethereum:0x2222222222222222222222222222222222222222',
      mistakes: nearMisses,
    },
    {
      id: 'same-did',
      comment: 'an agent that shakes hands with itself',
      flag: 'Identifier',
      ctx: 'loop',
      initDid: initiator.did,
      respDid: initiator.did,
    },
    {
      id: 'longest',
      comment: 'a context id of 128 characters and DIDs of 512',
      flag: 'Border',
      ctx: 'x'.repeat(128),
      initDid: `did:m:${'i'.repeat(506)}`,
      respDid: `did:m:${'r'.repeat(506)}`,
    },
    {
      id: 'shortest',
      comment: 'a context id of one character and DIDs of 7',
      flag: 'Border',
      ctx: '~',
      initDid: 'did:m:i',
      respDid: 'did:m:r',
    },
    {
      id: 'percent',
      comment: 'an escape in a DID stays as it is written',
      flag: 'Identifier',
      ctx: 'a:b.c_d~e-f',
      initDid: 'did:m:%7C%3d',
      respDid: 'did:m:%7c%3D',
    },
  ]

  const sides = (agent: Actor, { id, comment, flag, ctx, initDid, respDid, mistakes = [] }: Parties) => {
    const secret = (name: string): string => fixedBytes(`derivation ${id} ${name}`)
    const common = { ctx, initDid, respDid }
    const ephS = x25519Public(ask, secret('ephS'))
    const initiatorInput: Values = {
      ...common,
      kemPublicKey: agent.kemPublic,
      ikmE: secret('ikmE'),
      ephCPrivateKey: secret('ephC'),
      ephS,
    }
    const { enc, ephC, seed } = ask('handshake.initiator', initiatorInput)
    const responderInput: Values = {
      ...common,
      kemPrivateKey: agent.kem,
      enc,
      ephC,
      ephSPrivateKey: secret('ephS'),
    }
    const flags: Flag[] = mistakes.length > 0 ? [flag, 'NearMiss'] : [flag]
    const base = { flags, requirements, mistakes }
    return {
      initiator: { ...base, id: `initiator-${id}`, comment, input: initiatorInput },
      responder: {
        ...base,
        id: `responder-${id}`,
        comment: `${comment}: the other side, the same seed`,
        input: responderInput,
        // Both sides are one handshake: a responder that derives another seed is a fault of the generator.
        pinned: { seed },
      },
    }
  }

  const cases = parties.map(each => sides(responder, each))
  const first = cases[0]!
  const lowOrder = (side: 'initiator' | 'responder', member: string): Case[] =>
    smallOrderX25519.map(({ name, bytes }) => ({
      id: `${side}-${member.toLowerCase()}-small-order-${name}`,
      comment: `${member} is a point of small order: ${name}`,
      flags: ['SmallOrder'],
      requirements: [
        'handshake.all-zero',
        side === 'initiator' ? 'handshake.response-low-order' : 'handshake.low-order',
      ],
      input: { ...first[side].input, [member]: bytes },
      reject: 'agreement',
    }))
  const highBit = (side: 'initiator' | 'responder', member: string, comment: string): Case => ({
    id: `${side}-${member.toLowerCase()}-high-bit`,
    comment,
    flags: ['HighBit'],
    requirements: ['identity.x25519-masking', 'identity.transcript-as-received'],
    input: { ...first[side].input, [member]: withHighBit(textOf(first[side].input, member)) },
  })

  const initiatorGroup: Group = {
    op: 'handshake.initiator',
    cases: [
      ...cases.map(each => each.initiator),
      highBit('initiator', 'ephS', 'bit 255 of ephS is set: the same seed'),
      highBit('initiator', 'kemPublicKey', 'bit 255 of the KEM key is set: another context of the KEM, another seed'),
      {
        id: 'initiator-kem-key-above-p',
        comment: 'a KEM key whose coordinate is written as p + 9',
        flags: ['HighBit'],
        requirements: ['identity.x25519-masking', 'identity.transcript-as-received'],
        input: { ...first.initiator.input, kemPublicKey: `f6${'ff'.repeat(30)}7f` },
      },
      ...lowOrder('initiator', 'kemPublicKey').map(test => ({
        ...test,
        requirements: ['handshake.all-zero'] as const,
      })),
      ...lowOrder('initiator', 'ephS'),
    ],
  }
  const responderGroup: Group = {
    op: 'handshake.responder',
    cases: [
      ...cases.map(each => each.responder),
      highBit('responder', 'ephC', 'bit 255 of ephC is set: the same seed, though another transcript'),
      highBit('responder', 'enc', 'bit 255 of enc is set: another context of the KEM, another seed'),
      ...lowOrder('responder', 'enc'),
      ...lowOrder('responder', 'ephC'),
    ],
  }
  return {
    name: 'handshake-derivation',
    title: 'From two ephemeral exchanges to the seed, on both sides',
    anchor:
      'the formulas are those of the deployed core, whose recording is in recorded-sage-go-1.5.2.json; none for these inputs',
    groups: [initiatorGroup, responderGroup],
  }
}
