import type { Ask, Case, Family, Values } from '../case.js'
import { Dialogue } from '../dialogue.js'
import { signedMembersSorted } from '../mistakes/handshake.js'
import { requestCases } from './handshake-requests.js'
import { responseCases } from './handshake-responses.js'

const signing = (ask: Ask): { requests: Case[]; responses: Case[] } => {
  const talk = new Dialogue(ask, 'messages')
  const { info, exportCtx } = talk.offer
  const response: Values = {
    privateKey: talk.responder.signing,
    ctx: talk.ctx,
    kid: talk.kid,
    ephS: talk.answer['ephS'],
    ackTag: talk.ackTag(),
    ts: talk.responseTime,
    respDid: talk.responder.did,
    info,
    exportCtx,
    enc: talk.offer['enc'],
    ephC: talk.offer['ephC'],
  }
  const payload = JSON.stringify(talk.payload())
  return {
    requests: [
      {
        id: 'sign-request',
        comment: 'the payload of the request that follows',
        flags: ['Honest'],
        requirements: ['handshake.signature'],
        input: { privateKey: talk.initiator.signing, payload },
        pinned: { signature: talk.message()['signature'] },
      },
      {
        id: 'sign-request-white-space',
        comment: 'the same members, otherwise written: another signature',
        flags: ['MemberOrder'],
        requirements: ['handshake.signature'],
        input: { privateKey: talk.initiator.signing, payload: JSON.stringify(talk.payload(), null, 1) },
      },
    ],
    responses: [
      {
        id: 'sign-response',
        comment: 'the data of the response that follows',
        flags: ['Honest', 'NearMiss'],
        requirements: ['handshake.response-correct', 'handshake.response-signature'],
        input: response,
        pinned: { sigB64: talk.signedData()['sigB64'] },
        mistakes: [signedMembersSorted],
      },
    ],
  }
}

/** What both sides sign, and everything that each must refuse in what the other sends. */
export const handshakeMessages = (ask: Ask): Family => {
  const signed = signing(ask)
  return {
    name: 'handshake-messages',
    title: 'Handshake messages: signing, and every rule of responder and initiator that needs no network',
    anchor: 'none for these messages; the recorded ones of the deployed core are in recorded-sage-go-1.5.2.json',
    groups: [
      { op: 'handshake.sign-request', cases: signed.requests },
      { op: 'handshake.sign-response', cases: signed.responses },
      { op: 'handshake.open-request', cases: requestCases(ask) },
      { op: 'handshake.open-response', cases: responseCases(ask) },
    ],
  }
}
