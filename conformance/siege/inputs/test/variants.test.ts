import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { Batch, HandshakeMessage, HandshakePayload, SessionMessage } from '../../../../schemas/index.js'
import type { JsonObject } from '../../../probe/bytes/json.js'
import { ProbeSession } from '../../../probe/initiator/session-draft.js'
import { payloadTextOf } from '../../../probe/initiator/handshake-draft.js'
import type { Target } from '../../../probe/initiator/target.js'
import { deriveX25519PublicKey } from '../../../probe/crypto/x25519.js'
import { defaultLimits } from '../../../../schemas/index.js'
import { Dice } from '../../dice.js'
import { entropy, newIdentity } from '../../initiator.js'
import { sessionEnvelopeInputs } from '../envelope-inputs.js'
import { handshakePayloadInputs } from '../handshake-payload-inputs.js'
import { mutatedInputs } from '../mutated-inputs.js'
import { recordInputs, sealedInputs } from '../sealed-inputs.js'
import { variantsOf, type Schema } from '../schema-variants.js'
import { Workshop } from '../workshop.js'

const target: Target = {
  did: newIdentity().did,
  signingKey: entropy(32),
  kemKey: deriveX25519PublicKey(entropy(32)),
  http: 'http://127.0.0.1',
  cardUrl: new URL('http://127.0.0.1'),
  capabilities: new Set(),
  limits: defaultLimits,
}
const session = (): ProbeSession => new ProbeSession('kid', 'ctx', newIdentity(), entropy(32), 1_000_000n)
const workshop = (seed = 1): Workshop => new Workshop(target, new Dice(seed), [session(), session()])

const ajv = new Ajv2020({ strict: true, validateFormats: false })

t.test('what breaks a constraint breaks its schema, and what keeps all of them does not', async t => {
  const made = workshop()
  const id = made.token()
  const request = (wish: object): JsonObject => made.sealed(wish) as JsonObject
  const cases: readonly (readonly [Schema, JsonObject])[] = [
    [SessionMessage as Schema, request({ metadata: { a: 'b' }, encoding: 'gzip' })],
    [SessionMessage as Schema, request({ stream: { id, seq: 0, end: true } })],
    [SessionMessage as Schema, request({ stream: { id, credit: 1 } })],
    [SessionMessage as Schema, request({ stream: { id, cancel: true } })],
    [HandshakeMessage as Schema, made.signed(made.newHandshake()) as JsonObject],
    [HandshakePayload as Schema, JSON.parse(payloadTextOf(made.newHandshake())) as JsonObject],
    [Batch as Schema, { messages: [{}] }],
  ]
  for (const [schema, given] of cases) {
    const isValid = ajv.getSchema(schema.$id!) ?? ajv.compile(schema)
    t.ok(isValid(given))
    const variants = variantsOf(schema, given, made.dice)
    t.ok(variants.some(({ isKept }) => !isKept))
    for (const { constraint, isKept, value } of variants) {
      // A schema says no more of base64 than that it is a string; that it is canonical is for the parser to see.
      if (constraint.endsWith('/contentEncoding')) t.ok(isValid(value), constraint)
      else t.equal(isValid(value), isKept, `${constraint}: ${JSON.stringify(value).slice(0, 200)}`)
    }
  }
})

t.test('every keyword of the schemas of messages is broken', async t => {
  const made = workshop()
  const names = new Set<string>()
  for (const inputs of [sessionEnvelopeInputs, handshakePayloadInputs])
    for (const { constraint, isKept } of inputs(made)) if (!isKept) names.add(constraint)
  for (const member of ['id', 'context_id', 'task_id', 'did', 'kid', 'payload'])
    for (const keyword of [`required/${member}`, `properties/${member}/type`])
      t.ok(names.has(`session-message#/${keyword}`), keyword)
  for (const rest of ['additionalProperties', 'properties/metadata/maxProperties', 'properties/encoding/pattern'])
    t.ok(names.has(`session-message#/${rest}`), rest)
  for (const branch of [0, 1, 2]) t.ok([...names].some(name => name.includes(`stream/anyOf/${branch}/`)))
  for (const member of ['enc', 'ephC', 'exportCtx', 'info', 'initDid', 'nonce', 'respDid', 'ts'])
    t.ok(names.has(`handshake-payload#/required/${member}`), member)
})

t.test('a seed makes the same inputs again, whatever the keys are', async t => {
  const sources = [sessionEnvelopeInputs, sealedInputs, recordInputs, handshakePayloadInputs]
  const faults = (seed: number): string[] => {
    const made = workshop(seed)
    return sources.flatMap(inputs =>
      [...inputs(made)].map(({ constraint, isKept, route }) => `${constraint} ${isKept} ${route}`),
    )
  }
  const first = faults(5)
  t.strictSame(faults(5), first)
  t.notSame(faults(6), first)
})

t.test('a mutation is harmless exactly where it means the same', async t => {
  const made = workshop()
  const seen = new Set<string>()
  for (let count = 0; count < 2000; count++)
    for (const { constraint, isKept, expected } of mutatedInputs(made)) {
      seen.add(`${constraint} ${isKept}`)
      t.equal(
        expected.some(outcome => outcome === 'handshake' || outcome.startsWith('opened:')),
        isKept,
      )
    }
  for (const name of ['flip', 'truncate', 'splice', 'duplicate', 'remove', 'replace', 'swap'])
    t.ok(seen.has(`mutated record: ${name} false`), name)
  t.ok(seen.has('mutated record: respace true'))
  t.notOk(seen.has('mutated record: respace false'))
})
