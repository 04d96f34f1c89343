import { MAX_PING_BYTES, type PlainErrorCode } from '../../schemas/index.js'
import type { ProbeSession } from '../probe/initiator/session-draft.js'
import { encodeHex } from '../probe/bytes/hex.js'
import { store } from '../probe/gzip/writer.js'
import { parsePlainError } from '../probe/wire/session-message.js'
import type { Answer } from '../probe/initiator/answer.js'
import { isFrames, replaceHeader, withBody, type Outgoing } from '../probe/net/alter.js'
import { accepts } from '../runner/check.js'
import { broken, brokenBy, firstOf, judgeRefusal, type Broken } from '../runner/judgement.js'
import { interruptedBy, type Kit } from '../runner/kit.js'

const authenticationFailed = { plain: 'authentication_failed' } as const

/** Headers that HTTP itself adds or that say nothing of the reason. */
const ofHttp = new Set(['date', 'connection', 'keep-alive', 'content-length', 'server', 'via'])

/** What a refusal says, to the letter, save for the names of the message that it answers. */
const essence = (answer: Answer): string => {
  const { response, body } = answer
  if (!body) return ''
  const { message_id = '', task_id = '' } = parsePlainError(body)
  const nameless = Buffer.from(body)
    .toString('utf8')
    .replace(JSON.stringify(message_id), '"#"')
    .replace(JSON.stringify(task_id), '"#"')
  const headers = response?.headers.filter(([name]) => !ofHttp.has(name)).map(([name, value]) => `${name}: ${value}`)
  return JSON.stringify([response?.status, nameless, headers?.sort()])
}

/** Refusals of every kind that is an `authentication_failed`. */
const failures = async (kit: Kit): Promise<[name: string, answer: Answer][]> => {
  // Handshakes first: where one initiator may have one session only, each of them ends the one before.
  const draft = kit.draftHandshake()
  const used = kit.prepareHandshake(draft)
  const before = await kit.shakeHands(draft, used.request)
  if (before.kind !== 'session') throw interruptedBy(before, 'an honest handshake')
  const unknown = 'did:nobody:1'
  const forger = { ...kit.draftHandshake(), signingKey: kit.entropy(32) }
  const old = { ...kit.draftHandshake(), ts: '2020-01-01T00:00:00Z' }
  const low = { ...kit.draftHandshake(), ephC: 'A'.repeat(43) }
  const handshakes: [name: string, answer: Answer][] = [
    ['an unknown DID', await kit.shakeHands({ ...kit.draftHandshake(), did: unknown, initDid: unknown })],
    ['a bad signature', await kit.shakeHands(forger)],
    ['an old handshake', await kit.shakeHands(old)],
    ['a used nonce', await kit.shakeHands(draft, used.request)],
    ['a point of low order', await kit.shakeHands(low)],
  ]
  const session = await kit.session()
  const stranger = kit.stranger().identity.did
  return [
    ...handshakes,
    ['a record under a wrong key', await kit.send(session, { ...kit.draft(session), key: kit.entropy(32) })],
    ['a record too short', await kit.send(session, kit.draft(session), shortened(kit, session))],
    ['a record of another initiator', await kit.send(session, kit.draft(session, { did: stranger }))],
    ['a record of another context', await kit.send(session, kit.draft(session, { context_id: 'other' }))],
    ['a sequence number again', await kit.send(session, kit.draft(session, { seq: 0n }))],
  ]
}

/** A message whose record is shorter than any record. */
const shortened = (kit: Kit, session: ProbeSession): Outgoing => {
  const { envelope, request } = kit.prepare(kit.draft(session))
  return withBody(request, JSON.stringify({ ...envelope, payload: 'AAAA' }))
}

/** What errors say, and what they do not. */
export const errorChecks = [
  accepts('error.uniform', {
    run: async kit => {
      const answers = await failures(kit)
      for (const [, answer] of answers) {
        const found = judgeRefusal(answer, authenticationFailed)
        if (found) return found
      }
      const [first, ...others] = answers.map(([name, answer]) => ({ name, said: essence(answer) }))
      const other = others.find(({ said }) => said !== first?.said)
      return (
        other &&
        broken(
          'distinguishable',
          'the same answer to every authentication failure',
          `${other.name} is answered otherwise than ${first?.name}`,
        )
      )
    },
  }),
  accepts('error.no-echo', {
    run: async kit => {
      const session = await kit.session()
      const canary = `canary-${encodeHex(kit.entropy(8))}`
      const answers = [
        await kit.ask(session, { task_id: `${canary}/task` }),
        await kit.send(
          session,
          kit.draft(session, { metadata: { canary } }),
          withBody(kit.prepare(kit.draft(session)).request, `{"${canary}":1}`),
        ),
        await kit.shakeHands({ ...kit.draftHandshake(), task_id: canary }),
        await kit.shakeHands({ ...kit.draftHandshake(), payloadText: `{"${canary}":"${canary}"}` }),
        await kit.shakeHands({ ...kit.draftHandshake(), nonce: canary, signingKey: kit.entropy(32) }),
      ]
      for (const answer of answers) {
        if (answer.kind === 'timeout') return brokenBy(answer, 'an error')
        const detail = answer.kind === 'plain' ? (answer.detail ?? '') : ''
        if (detail.includes(canary))
          return broken('echo', 'a detail that repeats nothing of the message', 'it repeats part of the message')
        if (/\bat .+:\d+:\d+|\/[a-z]+\/[^ ]+\.(?:js|ts|go|py|rs|java)|Traceback|panic:|Exception/.test(detail))
          return broken(
            'inside',
            'a detail that says nothing about the inside',
            'it looks like a stack trace or a path',
          )
      }
      return undefined
    },
  }),
  accepts('error.authenticated-after-open', {
    run: async kit => {
      const session = await kit.session()
      const answer = await kit.ask(session, { task_id: 'nobody/serves-this@v1' })
      if (answer.kind !== 'authenticated') return brokenBy(answer, 'an authenticated error after the record has opened')
      const { response } = answer
      if (!response || response.status === 200) return undefined
      return broken('status', 'HTTP 200', `HTTP ${response.status}`)
    },
  }),
  accepts('error.empty-plaintext', {
    run: async kit => {
      const session = await kit.session()
      const answers = [
        await kit.ask(session, { task_id: 'nobody/serves-this@v1' }),
        await kit.ask(session, { plaintext: kit.entropy(MAX_PING_BYTES + 1) }),
        await kit.ask(session, { encoding: 'x-none' }),
      ]
      return firstOf(...answers.map(judgeEmpty))
    },
  }),
  accepts('error.empty-plaintext', {
    variant: 'gzip',
    needs: { capability: 'gzip' },
    run: async kit => {
      const session = await kit.session()
      const long = store(kit.entropy(MAX_PING_BYTES + 1))
      const metadata = { 'accept-encoding': 'gzip' }
      const answers = [
        await kit.ask(session, { task_id: 'nobody/serves-this@v1', encoding: 'gzip', plaintext: long }),
        await kit.ask(session, { encoding: 'gzip', plaintext: long }),
        await kit.ask(session, { encoding: 'gzip', plaintext: kit.entropy(9) }),
        await kit.ask(session, { metadata, plaintext: kit.entropy(MAX_PING_BYTES + 1) }),
      ]
      return firstOf(...answers.map(judgeEmpty))
    },
  }),
  accepts('error.plain-until-open', {
    also: ['error.plain-schema'],
    run: async kit => {
      const handshakes: [code: PlainErrorCode, answer: Answer][] = [
        ['task_unsupported', await kit.shakeHands({ ...kit.draftHandshake(), task_id: 'hpke/complete@v2' })],
        ['authentication_failed', await kit.shakeHands({ ...kit.draftHandshake(), signingKey: kit.entropy(32) })],
      ]
      const session = await kit.session()
      const { request } = kit.prepare(kit.draft(session))
      const answers: [code: PlainErrorCode, answer: Answer][] = [
        ...handshakes,
        ['malformed', await kit.send(session, kit.draft(session), withBody(request, '{}'))],
        ['authentication_failed', await kit.send(session, { ...kit.draft(session), key: kit.entropy(32) })],
        ['session_unknown', await kit.ask(session, { kid: 'kid-nobody' })],
      ]
      if (!isFrames(request)) {
        const typed = replaceHeader(request, 'Content-Type', 'text/plain')
        answers.push(
          ['unsupported_media_type', await kit.send(session, kit.draft(session), typed)],
          ['method_not_allowed', await kit.send(session, kit.draft(session), { ...request, method: 'PUT' })],
        )
      }
      return firstOf(...answers.map(([plain, answer]) => judgeRefusal(answer, { plain })))
    },
  }),
]

/** An authenticated error that holds nothing: what is compressed is not empty, be it of nothing. */
const judgeEmpty = (answer: Answer): Broken | undefined => {
  if (answer.kind !== 'authenticated') return brokenBy(answer, 'an authenticated error')
  const { length } = answer.member ?? answer.plaintext
  return length === 0 ? undefined : broken('plaintext', `an empty plaintext with ${answer.error}`, `${length} bytes`)
}
