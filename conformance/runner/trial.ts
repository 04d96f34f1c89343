import { hasMember, readUpgrade, type Answer } from '../probe/initiator/answer.js'
import type { BatchDraft } from '../probe/initiator/batch.js'
import type { HandshakeDraft } from '../probe/initiator/handshake-draft.js'
import type { ProbeSession, SessionDraft } from '../probe/initiator/session-draft.js'
import { asRequest, isFrames, withBody, type Outgoing } from '../probe/net/alter.js'
import type { WireRequest } from '../probe/net/exchange.js'
import { encodeBody } from '../probe/wire/body.js'
import { encodeFrame, PLAIN_MASK, type WireFrames } from '../probe/net/frames.js'
import type {
  AfterHandshake,
  AfterMessage,
  AfterUpgrade,
  BatchRejection,
  Fault,
  HandshakeRejection,
  MessageRejection,
  Prepared,
  UpgradeRejection,
} from './check.js'
import { broken, brokenBy, Interruption, isAccepted, judgeAcceptance, judgeRefusal, type Broken } from './judgement.js'
import { interruptedBy, type Kit } from './kit.js'

/** A fault that turned out to change nothing: the check itself is wrong. */
export class IdleFault extends Error {
  override readonly name = 'IdleFault'
}

/** One fault of a check, by its name; empty where the check has just one. */
export interface Case<Draft> {
  readonly name: string
  readonly apply: (
    next: Prepared<Draft>,
    twin: Prepared<Draft>,
    lane: Pick<Lane<Draft>, 'kit' | 'prepare'>,
  ) => Promise<Prepared<Draft>>
}

/** How one kind of message is drafted, sealed and sent. */
interface Lane<Draft> {
  readonly kit: Kit
  readonly draft: () => Draft
  readonly prepare: (draft: Draft) => Prepared<Draft>
  /** Sends; what the answer is held against is the draft inside. */
  readonly send: (prepared: Prepared<Draft>) => Promise<Answer>
}

const named = <Function>(faults: Function | Readonly<Record<string, Function>>): [string, Function][] =>
  typeof faults === 'function' ? [['', faults]] : Object.entries(faults as Readonly<Record<string, Function>>)

/** The cases of a fault, in the order in which they were written. */
export const casesOf = <Draft>(fault: Fault<Draft>): Case<Draft>[] => {
  if (fault.forged)
    return named(fault.forged).map(([name, forge]) => ({
      name,
      apply: async (next, twin, lane) => lane.prepare(await forge(draftOf(next), draftOf(twin), lane.kit)),
    }))
  if (fault.tampered)
    return named(fault.tampered).map(([name, tamper]) => ({
      name,
      apply: async (next, twin, lane) => {
        const envelope = await tamper(next, twin, lane.kit)
        return { ...next, envelope, request: withBody(next.request, encodeBody(envelope)) }
      },
    }))
  if (fault.bytes)
    return named(fault.bytes).map(([name, change]) => ({
      name,
      apply: async (next, twin, { kit }) => ({
        ...next,
        request: withBody(next.request, await change(next, twin, kit)),
      }),
    }))
  if (fault.wire)
    return named(fault.wire).map(([name, change]) => ({
      name,
      apply: async (next, twin, { kit }) => ({ ...next, request: await change(posted(next), posted(twin), kit) }),
    }))
  return named(fault.frames).map(([name, change]) => ({
    name,
    apply: async (next, twin, { kit }) => {
      const framed = { ...next, request: asFrames(next.request) }
      const frames = await change(framed, { ...twin, request: asFrames(twin.request) }, kit)
      return { ...next, request: { ...framed.request, frames } }
    },
  }))
}

const posted = <Draft>(prepared: Prepared<Draft>): Prepared<Draft, WireRequest> => ({
  ...prepared,
  request: asRequest(prepared.request),
})

const asFrames = (outgoing: Outgoing): WireFrames => {
  if (!isFrames(outgoing)) throw new Error('only a message over WebSocket has frames')
  return outgoing
}

/** What a prepared message was made from. */
const draftOf = <Draft>(prepared: Prepared<Draft>): Draft => {
  const { envelope: _e, request: _r, record: _b, ...draft } = prepared
  return draft as unknown as Draft
}

/**
 * What one fault makes of an honest message of a stream.
 * @throws IdleFault
 */
export const applyFault = async (
  one: Case<SessionDraft>,
  next: Prepared<SessionDraft>,
  twin: Prepared<SessionDraft>,
  kit: Kit,
): Promise<Prepared<SessionDraft>> => {
  const faulty = await one.apply(next, twin, { kit, prepare: draft => kit.prepare(draft) })
  if (isSame(faulty.request, next.request)) throw new IdleFault('the fault changed nothing')
  return faulty
}

const isSame = (a: Outgoing, b: Outgoing): boolean => {
  if (isFrames(a) || isFrames(b)) return isFrames(a) && isFrames(b) && Buffer.compare(bytesOf(a), bytesOf(b)) === 0
  return (
    a.method === b.method &&
    a.path === b.path &&
    JSON.stringify(a.headers) === JSON.stringify(b.headers) &&
    Buffer.compare(a.body, b.body) === 0
  )
}

/** Masks are drawn anew for every frame, and mean nothing; that there is one does. */
const bytesOf = ({ frames }: WireFrames): Uint8Array =>
  Buffer.concat(frames.map(frame => encodeFrame({ ...frame, mask: frame.mask && PLAIN_MASK })))

/** Twin, fault, refusal: what came of the three, or what was wrong. */
const refuse = async <Draft>(
  lane: Lane<Draft>,
  one: Case<Draft>,
  expect: HandshakeRejection['expect'],
): Promise<{ twin: Answer; next: Prepared<Draft>; refusal: Answer; found: Broken | undefined }> => {
  const { conversation } = lane.kit
  conversation.step = 'twin'
  const twinMessage = lane.prepare(lane.draft())
  const twin = await lane.send(twinMessage)
  if (!isAccepted(twin)) throw interruptedBy(twin, 'the honest twin')
  const next = lane.prepare(lane.draft())
  const faulty = await one.apply(next, twinMessage, lane)
  if (isSame(faulty.request, next.request)) throw new IdleFault('the fault changed nothing')
  conversation.step = 'fault'
  const refusal = await lane.send(faulty)
  if (refusal.kind === 'busy' && !('plain' in expect && expect.plain === refusal.error))
    throw interruptedBy(refusal, 'the damaged message got no verdict and')
  return { twin, next, refusal, found: judgeRefusal(refusal, expect) }
}

/** Judges an honest message that ought to be accepted after a refusal. */
export const acceptedAfter = (state: string, answer: Answer, refusal?: Answer): Broken | undefined => {
  if (answer.kind === 'busy') throw interruptedBy(answer, `an honest message after the refusal (${state})`)
  const isClosed = refusal?.kind === 'closed'
  if (isClosed && answer.kind === 'plain' && answer.error === 'session_unknown')
    throw new Interruption(
      'inconclusive',
      'session-ended',
      'the close was right, and then the session was unknown on another connection (ws.session-moves, ws.session-outlives)',
    )
  const where = isClosed ? 'on another connection, after the close, ' : ''
  const found = judgeAcceptance(answer, `${state}: ${where}the honest message that follows`)
  return found && { ...found, reasonCode: `after-${state}` }
}

const newHandshake = async (kit: Kit, state: string): Promise<Broken | undefined> => {
  const answer = await kit.shakeHands()
  if (answer.kind !== 'session') return acceptedAfter(state, answer)
  return acceptedAfter(state, await kit.ping(answer.session))
}

/** One case of a handshake that must be refused. */
export const tryHandshake = async (
  spec: HandshakeRejection,
  one: Case<HandshakeDraft>,
  kit: Kit,
): Promise<Broken | undefined> => {
  const lane: Lane<HandshakeDraft> = {
    kit,
    draft: () => (spec.given ? spec.given(kit.draftHandshake(), kit) : kit.draftHandshake()),
    prepare: draft => kit.prepareHandshake(draft),
    send: prepared => kit.shakeHands(prepared, prepared.request),
  }
  const { twin, next, refusal, found } = await refuse(lane, one, spec.expect)
  if (found) return found
  kit.conversation.step = 'after'
  const states: Record<AfterHandshake, () => Promise<Broken | undefined>> = {
    'no-session': async () =>
      ['data', 'kid'].some(member => hasMember(refusal.body ?? new Uint8Array(0), member))
        ? broken('after-no-session', 'a refusal of which no session can come', 'a refusal with `data` or `kid`')
        : undefined,
    'new-handshake': () => newHandshake(kit, 'new-handshake'),
    'same-bytes-accepted': async () => acceptedAfter('same-bytes-accepted', await lane.send(next)),
    'twin-session-lives': async () =>
      twin.kind === 'session' ? acceptedAfter('twin-session-lives', await kit.ping(twin.session)) : undefined,
  }
  return checkStates(spec.after, states)
}

/** One case of a session message that must be refused. */
export const tryMessage = async (
  spec: MessageRejection,
  one: Case<SessionDraft>,
  kit: Kit,
): Promise<Broken | undefined> => {
  // The twin, a ping where nothing else is given, confirms it.
  const session: ProbeSession = spec.given ? await kit.session() : await kit.provisionalSession()
  const lane: Lane<SessionDraft> = {
    kit,
    draft: () => {
      const draft = kit.draft(session)
      const given = spec.given ? spec.given(draft, kit) : draft
      session.skipTo(given.seq)
      return given
    },
    prepare: draft => kit.prepare(draft),
    send: prepared => kit.send(session, prepared, prepared.request),
  }
  return refuseInSession(session, lane, one, spec)
}

/** One case of a batch that must be refused as a whole. */
export const tryBatch = async (spec: BatchRejection, one: Case<BatchDraft>, kit: Kit): Promise<Broken | undefined> => {
  const session = await kit.provisionalSession()
  const count = Math.min(2, kit.target.limits.maxBatch)
  const lane: Lane<BatchDraft> = {
    kit,
    draft: () => ({ elements: Array.from({ length: count }, () => kit.element(session)) }),
    prepare: draft => kit.prepareBatch(draft.elements),
    send: ({ elements, request }) => kit.sendBatch(elements, asRequest(request)),
  }
  return refuseInSession(session, lane, one, spec)
}

const refuseInSession = async <Draft>(
  session: ProbeSession,
  lane: Lane<Draft>,
  one: Case<Draft>,
  { expect, after }: Pick<MessageRejection, 'expect' | 'after'>,
): Promise<Broken | undefined> => {
  const { kit } = lane
  const { next, refusal, found } = await refuse(lane, one, expect)
  if (found) return found
  kit.conversation.step = 'after'
  const states: Record<AfterMessage, () => Promise<Broken | undefined>> = {
    'same-bytes-accepted': async () => acceptedAfter('same-bytes-accepted', await lane.send(next), refusal),
    'session-lives': async () => acceptedAfter('session-lives', await kit.ping(session), refusal),
    'session-gone': async () => {
      const answer = await kit.ping(session)
      return answer.kind === 'plain' && answer.error === 'session_unknown'
        ? undefined
        : { ...brokenBy(answer, 'session-gone: plain error session_unknown'), reasonCode: 'after-session-gone' }
    },
    'new-handshake': () => newHandshake(kit, 'new-handshake'),
  }
  // What is accepted in a session shows that it lives.
  const shown = after.includes('same-bytes-accepted') ? after.filter(state => state !== 'session-lives') : after
  return checkStates(shown, states)
}

/** One fault of an upgrade, by its name; empty where the check has just one. */
export interface UpgradeCase {
  readonly name: string
  readonly change: (next: WireRequest, kit: Kit) => WireRequest
}

/** The cases of a refused upgrade. */
export const upgradeCasesOf = ({ wire }: UpgradeRejection): UpgradeCase[] =>
  named(wire).map(([name, change]) => ({ name, change }))

/** One case of an upgrade that must be refused. */
export const tryUpgrade = async (
  spec: UpgradeRejection,
  { change }: UpgradeCase,
  kit: Kit,
): Promise<Broken | undefined> => {
  const { conversation, socket } = kit
  conversation.step = 'twin'
  await socket.connect()
  const twin = await kit.shakeHands()
  if (twin.kind !== 'session') throw interruptedBy(twin, 'a handshake over an honest connection')
  const next = socket.upgradeRequest()
  const faulty = change(next, kit)
  if (isSame(faulty, next)) throw new IdleFault('the fault changed nothing')
  conversation.step = 'fault'
  const found = judgeRefusal(readUpgrade((await kit.over('ws').socket.open(faulty)).exchanged), spec.expect)
  if (found) return found
  conversation.step = 'after'
  const states: Record<AfterUpgrade, () => Promise<Broken | undefined>> = {
    'same-bytes-accepted': async () => {
      const state = 'same-bytes-accepted'
      const other = kit.over('ws')
      const { exchanged, connection } = await other.socket.open(next)
      if (connection === undefined) return acceptedAfter(state, readUpgrade(exchanged))
      return newHandshake(other, state)
    },
  }
  return checkStates(spec.after, states)
}

/** What is wrong with what must be true after a refusal, or nothing. */
export const checkStates = async <State extends string>(
  after: readonly State[],
  states: Record<State, () => Promise<Broken | undefined>>,
): Promise<Broken | undefined> => {
  for (const state of after) {
    const found = await states[state]()
    if (found) return found
  }
  return undefined
}
