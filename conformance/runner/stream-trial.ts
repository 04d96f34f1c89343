import type { ProbeSession, SessionDraft } from '../probe/initiator/session-draft.js'
import type { StreamConversation } from '../probe/initiator/stream-conversation.js'
import type { AfterStreamMessage, StreamRejection } from './check.js'
import { judgeRefusal, type Broken } from './judgement.js'
import { interruptedBy, type Kit } from './kit.js'
import { awaitRoom, judgeEcho, judgeErrorEnd, judgeFinish, judgeSilence } from './stream-judgement.js'
import { acceptedAfter, applyFault, checkStates, type Case } from './trial.js'

const twoChunks = async (stream: StreamConversation): Promise<SessionDraft> => {
  await stream.open()
  await awaitRoom(stream)
  return stream.draftChunk(undefined, true)
}

/** Another stream of the session, open and waiting for its next chunk. */
const openAnother = async (kit: Kit, session: ProbeSession): Promise<StreamConversation> => {
  const stream = (kit.target.limits.maxStreams > 1 ? kit : kit.over('ws')).stream(session)
  await stream.open()
  return stream
}

/** The same stream, honest to its end, in a session of its own. */
const tryTwin = async ({ stream, given = twoChunks }: StreamRejection, kit: Kit) => {
  const twin = kit.stream(await kit.session(), stream)
  const message = twin.seal(await given(twin, kit))
  await twin.send(message)
  const last = await twin.finish()
  if (judgeEcho(twin, last, '')) throw interruptedBy(last, 'the honest twin of the stream')
  return message
}

/** One case of a message of a live stream that must be refused. */
export const tryStream = async (
  spec: StreamRejection,
  one: Case<SessionDraft>,
  kit: Kit,
): Promise<Broken | undefined> => {
  const { given = twoChunks, expect, after } = spec
  const { conversation } = kit
  conversation.step = 'twin'
  const twin = await tryTwin(spec, kit)
  const session = await kit.session()
  const other = after.includes('other-stream-lives') ? await openAnother(kit, session) : undefined
  conversation.step = 'fault'
  const stream = kit.stream(session, spec.stream)
  const next = kit.prepare(await given(stream, kit))
  const faulty = await applyFault(one, next, twin, kit)
  const refuse = async (): Promise<Broken | undefined> => {
    if ('plain' in expect) return judgeRefusal(await kit.send(session, faulty, faulty.request), expect)
    await stream.send(faulty)
    return judgeErrorEnd(stream, expect.ends)
  }
  const found = await refuse()
  if (found) return found
  conversation.step = 'after'
  const states: Record<AfterStreamMessage, () => Promise<Broken | undefined>> = {
    'same-bytes-accepted': async () => {
      await stream.send(next)
      return judgeFinish(stream, 'the stream goes on to its end')
    },
    'stream-over': () => judgeSilence(kit, stream, 'nothing comes after the end'),
    'other-stream-lives': async () => other && judgeFinish(other, 'another stream goes on to its end'),
    'session-lives': async () => acceptedAfter('session-lives', await kit.ping(session)),
  }
  return checkStates(after, states)
}
