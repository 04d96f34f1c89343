import { Type, type Static } from '@sinclair/typebox'
import { closed } from './forms.js'

const Text = Type.String({ minLength: 1 })
const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9.-]*$', maxLength: 96 })
const Values = Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]*$' }), Type.Unknown(), {
  additionalProperties: false,
})

/** The parts of an implementation that may refuse (vectors/README.md). */
export const vectorLayers = [
  'encoding',
  'schema',
  'identity',
  'key',
  'signature',
  'freshness',
  'transcript',
  'agreement',
  'length',
  'sequence',
  'window',
  'aead',
] as const

/** The operations that vectors ask for (vectors/README.md). */
export const vectorOps = [
  'hkdf',
  'hpke.export-sender',
  'hpke.export-receiver',
  'x25519',
  'ed25519.sign',
  'ed25519.verify',
  'ed25519.public-key',
  'aead.seal',
  'aead.open',
  'handshake.initiator',
  'handshake.responder',
  'handshake.ack-tag',
  'handshake.sign-request',
  'handshake.sign-response',
  'handshake.open-request',
  'handshake.open-response',
  'key-schedule',
  'record.seal',
  'record.open',
  'record.receive',
  'aad.request',
  'aad.response',
  'gzip.open',
  'base64.decode',
  'base64url.decode',
  'token.parse',
  'task.parse',
  'did.parse',
  'did-key.decode',
  'did-key.encode',
  'time.parse',
  'json.parse',
  'jcs',
  'card.sign',
  'card.verify',
] as const

/** Name of an operation. */
export type VectorOp = (typeof vectorOps)[number]

/** What a test expects: acceptance with exactly this output, or rejection. */
export const VectorExpectation = Type.Union([
  Type.Object({ outcome: Type.Literal('accept'), output: Values }, { additionalProperties: false }),
  Type.Object(
    { outcome: Type.Literal('reject'), layer: Type.Union(vectorLayers.map(layer => Type.Literal(layer))) },
    { additionalProperties: false },
  ),
])

/** One test. */
export const VectorTest = Type.Object(
  {
    id: Name,
    comment: Text,
    flags: Type.Array(Type.String({ pattern: '^[A-Z][A-Za-z0-9]*$' }), { uniqueItems: true }),
    requirements: Type.Array(Type.String({ pattern: '^[a-z][a-z0-9]*\\.[a-z0-9]+(?:-[a-z0-9]+)*$' }), {
      uniqueItems: true,
    }),
    input: Values,
    steps: Type.Optional(Values),
    nearMisses: Type.Optional(
      Type.Array(Type.Object({ step: Text, value: Type.Unknown(), mistake: Text }, { additionalProperties: false }), {
        minItems: 1,
      }),
    ),
    expect: VectorExpectation,
  },
  { additionalProperties: false },
)

/** A vector file. */
export const VectorFile = Type.Object(
  {
    $schema: Text,
    title: Text,
    suite: Type.Literal('sage/1.0'),
    generator: Text,
    checker: Text,
    anchor: Text,
    counts: Type.Object(
      {
        tests: Type.Integer({ minimum: 1 }),
        accept: Type.Integer({ minimum: 0 }),
        reject: Type.Integer({ minimum: 0 }),
      },
      { additionalProperties: false },
    ),
    notes: Type.Record(
      Type.String({ pattern: '^[A-Z][A-Za-z0-9]*$' }),
      Type.Object({ description: Text, effect: Text }, { additionalProperties: false }),
      { additionalProperties: false },
    ),
    groups: Type.Array(
      Type.Object(
        {
          op: Type.Union(vectorOps.map(op => Type.Literal(op))),
          source: Type.Optional(Text),
          tests: Type.Array(VectorTest, { minItems: 1 }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
  },
  closed('vector-file', 'SAGE 1.0 vector file'),
)

/** Type of {@link VectorTest}. */
export type VectorTest = Static<typeof VectorTest>
/** Type of {@link VectorFile}. */
export type VectorFile = Static<typeof VectorFile>
