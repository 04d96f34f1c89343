import type { VectorOp } from '../../../schemas/index.js'
import type { Ask, Case, Family, Group, Values } from '../case.js'
import { textOf } from '../case.js'
import { Dialogue } from '../dialogue.js'
import { fixedBytes, hexOf } from '../fixed.js'

/** A request and its response inside the session, as they go into the chain of tests. */
interface Exchange {
  readonly name: string
  readonly seq: string
  readonly request: Values
  readonly requestPlaintext: string
  readonly response: Values
  readonly responsePlaintext: string
}

/** One handshake, its confirmation by a ping, and its end, from fixed randomness, each value going into the next. */
export const transcript = (ask: Ask): Family => {
  const talk = new Dialogue(ask, 'transcript')
  const { seed, kid } = talk
  const schedule = ask('key-schedule', { seed })
  const [c2s, s2c] = [textOf(schedule, 'c2sEnc'), textOf(schedule, 's2cEnc')]
  const groups: Group[] = []
  const say = (op: VectorOp, id: string, comment: string, rest: Omit<Case, 'id' | 'comment' | 'flags'>): void => {
    const number = String(groups.length + 1).padStart(2, '0')
    groups.push({ op, cases: [{ id: `${number}-${id}`, comment, flags: ['Chained'], ...rest }] })
  }

  const payload = JSON.stringify(talk.payload())
  const message = talk.message(payload)
  say('handshake.sign-request', 'sign-request', 'the initiator signs its payload', {
    requirements: ['handshake.signature'],
    input: { privateKey: talk.initiator.signing, payload },
    pinned: { signature: message['signature'] },
  })
  say('handshake.open-request', 'open-request', 'the responder opens the message', {
    requirements: ['handshake.answered'],
    input: { message: JSON.stringify(message), respDid: talk.responder.did, now: '2026-01-15T12:00:00.4Z', keys: {} },
  })
  const { enc, ephC, ephS, info, exportCtx } = { ...talk.offer, ...talk.answer }
  say('handshake.responder', 'responder', 'the responder derives the seed', {
    requirements: ['handshake.seed'],
    input: {
      ...talk.parties,
      kemPrivateKey: talk.responder.kem,
      enc,
      ephC,
      ephSPrivateKey: fixedBytes('transcript ephS'),
    },
    pinned: { seed, ephS },
  })
  const ackTag = talk.ackTag()
  say('handshake.ack-tag', 'ack-tag', 'the responder makes its tag', {
    requirements: ['handshake.ack-tag'],
    input: { seed, ...talk.parties, nonce: talk.nonce, kid, enc, ephC, ephS },
    pinned: { ackTag },
  })
  say('handshake.sign-response', 'sign-response', 'the responder signs its answer', {
    requirements: ['handshake.response-correct'],
    input: {
      privateKey: talk.responder.signing,
      ctx: talk.ctx,
      kid,
      ephS,
      ackTag,
      ts: talk.responseTime,
      respDid: talk.responder.did,
      info,
      exportCtx,
      enc,
      ephC,
    },
    pinned: { sigB64: talk.signedData()['sigB64'] },
  })
  say('handshake.open-response', 'open-response', 'the initiator opens the answer and has the same seed', {
    requirements: ['handshake.response-ack-tag', 'handshake.response-signature'],
    input: {
      response: JSON.stringify(talk.response()),
      request: talk.request,
      now: '2026-01-15T12:00:00.6Z',
      keys: {},
    },
    pinned: { kid, seed },
  })
  say('key-schedule', 'key-schedule', 'both derive the keys of the session', {
    requirements: ['keys.sid', 'keys.session-prk', 'keys.block'],
    input: { seed },
  })

  const exchange = ({ name, seq, request, requestPlaintext, response, responsePlaintext }: Exchange): void => {
    const sealed = (key: string, callerAad: string, plaintext: string, who: string): string => {
      const nonce = fixedBytes(`transcript ${name} ${who}`, 12)
      const input = { key, seq, nonce, callerAad, plaintext }
      const record = textOf(ask('record.seal', input), 'record')
      say('record.seal', `${name}-${who}-seal`, `the ${who} of the ${name} is sealed`, {
        requirements: ['record.layout', 'keys.direction'],
        input,
        pinned: { record },
      })
      say('record.open', `${name}-${who}-open`, `the ${who} of the ${name} is opened`, {
        requirements: ['record.layout', 'keys.direction'],
        input: { key, callerAad, record },
        pinned: { seq, plaintext },
      })
      return record
    }
    say('aad.request', `${name}-request-aad`, `what the request of the ${name} binds`, {
      requirements: ['message.request-aad'],
      input: request,
    })
    const requestAad = textOf(ask('aad.request', request), 'aad')
    const requestRecord = sealed(c2s, requestAad, requestPlaintext, 'request')
    const answer = { ...response, requestRecord }
    say('aad.response', `${name}-response-aad`, `what the response of the ${name} binds`, {
      requirements: ['message.response-aad'],
      input: answer,
    })
    sealed(s2c, textOf(ask('aad.response', answer), 'aad'), responsePlaintext, 'response')
  }

  const envelope = (id: string, task: string): Pick<Exchange, 'request' | 'response'> => ({
    request: { id, context_id: talk.ctx, task_id: task, did: talk.initiator.did, kid },
    response: { success: true, message_id: id, task_id: task, kid },
  })
  exchange({
    name: 'ping',
    seq: '0',
    ...envelope('msg-transcript-2', 'sage/ping@v1'),
    requestPlaintext: hexOf('is anybody there?'),
    responsePlaintext: hexOf('is anybody there?'),
  })
  exchange({
    name: 'close',
    seq: '1',
    ...envelope('msg-transcript-3', 'sage/close@v1'),
    requestPlaintext: '',
    responsePlaintext: '',
  })
  return {
    name: 'transcript',
    title: 'A whole session: handshake, ping, close',
    anchor: 'none: fixed randomness of the generator',
    groups,
  }
}
