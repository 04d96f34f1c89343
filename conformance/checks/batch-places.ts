import { CLOSE_TASK, ECHO_TASK, MAX_PING_BYTES } from '../../schemas/index.js'
import type { Answer } from '../probe/initiator/answer.js'
import type { BatchElement } from '../probe/initiator/batch.js'
import type { ProbeSession } from '../probe/initiator/session-draft.js'
import { accepts, type Expectation } from '../runner/check.js'
import { broken, brokenBy, firstOf, isAccepted, judgeAcceptance, judgeRefusal } from '../runner/judgement.js'
import { interruptedBy, type Kit } from '../runner/kit.js'
import { admittedStranger } from '../runner/strangers.js'
import { batchesOf, idOf, judgeBetweenPings, judgePlaces, ping, refused, type Place } from './batch-place.js'
import { sessionsAtOnce } from './sessions-at-once.js'

const EMPTY = new Uint8Array(0)
const malformed = { plain: 'malformed' } as const
const authenticationFailed = { plain: 'authentication_failed' } as const

/** A message of a session with members of its envelope exchanged after it was sealed. */
const changed = (kit: Kit, session: ProbeSession, change: Readonly<Record<string, unknown>>): BatchElement => {
  const element = kit.element(session)
  return { ...element, envelope: { ...(element.envelope as object), ...change } }
}

const replayed = async (kit: Kit, session: ProbeSession): Promise<BatchElement> => {
  const prepared = kit.prepare(kit.draft(session))
  const answer = await kit.send(session, prepared)
  if (!isAccepted(answer)) throw interruptedBy(answer, 'a ping that was to be replayed')
  return kit.element(session, prepared)
}

/** Messages that are refused before their record has opened. */
const refusedPlainly = async (kit: Kit, session: ProbeSession): Promise<Place[]> => [
  refused('a record under a wrong key', kit.element(session, { key: kit.entropy(32) }), authenticationFailed),
  refused('a replayed record', await replayed(kit, session), authenticationFailed),
  refused('a record too short', changed(kit, session, { payload: 'AAAA' }), authenticationFailed),
  refused('another task on the path', changed(kit, session, { task_id: CLOSE_TASK }), authenticationFailed),
  refused('another initiator', kit.element(session, { did: kit.stranger().identity.did }), authenticationFailed),
  refused('a kid of nobody', kit.element(session, { kid: 'kid-nobody' }), { plain: 'session_unknown' }),
  refused('a member unknown', changed(kit, session, { extra: 1 }), malformed),
  refused('base64 that is none', changed(kit, session, { payload: '!' }), malformed),
]

const wrongInside: readonly [name: string, wish: Parameters<Kit['draft']>[1], due: Expectation][] = [
  ['a task of nobody', { task_id: 'nobody/serves-this@v1' }, { authenticated: 'task_unsupported' }],
  ['too long a ping', { plaintext: new Uint8Array(MAX_PING_BYTES + 1) }, { authenticated: 'payload_too_large' }],
  ['an encoding of nobody', { encoding: 'x-none' }, { authenticated: 'encoding_unsupported' }],
]

/** What stands in a batch and is no request. */
const notRequests = (kit: Kit, session: ProbeSession): Place[] => {
  const values: Readonly<Record<string, unknown>> = {
    'a number': 7,
    null: null,
    'a text': 'hello',
    'a truth value': true,
    'an array': [],
    'a message in an array': [kit.element(session).envelope],
    'an object without members': {},
    'an object that nests 14 deep': JSON.parse(`${'{"x":'.repeat(13)}{}${'}'.repeat(13)}`),
  }
  const shapeless = Object.entries(values).map(([name, envelope]) => {
    const element = { what: name, envelope }
    return { name, element, due: malformed, messageId: { is: undefined } }
  })
  const stream = kit.element(session, { stream: { id: 's', seq: 0, end: true } })
  const { kid: _, ...kidless } = kit.element(session).envelope as Record<string, unknown>
  return [
    ...shapeless,
    { name: 'a message with a stream', element: stream, due: malformed, messageId: idOf(stream) },
    {
      name: 'a message without its kid',
      element: { what: 'no kid', envelope: kidless },
      due: malformed,
      messageId: { is: String(kidless['id']) },
    },
  ]
}

/** What came in the places of a batch of two copies, and of two posted alone, all at once: how many were accepted? */
const raceOf = async (kit: Kit, session: ProbeSession): Promise<Answer[]> => {
  const prepared = kit.prepare(kit.draft(session))
  const batch = async (): Promise<readonly Answer[]> => {
    const answer = await kit.sendBatch([kit.element(session, prepared), kit.element(session, prepared)])
    return answer.kind === 'batch' ? answer.answers : [answer]
  }
  const alone = async (): Promise<readonly Answer[]> => [await kit.send(session, prepared)]
  return (await Promise.all([alone(), batch(), alone(), batch()])).flat()
}

/** The messages of a batch, each judged alone. */
export const batchPlaceChecks = [
  accepts('batch.answered', {
    needs: batchesOf(2),
    run: async kit => {
      const session = await kit.session()
      const count = Math.min(8, kit.target.limits.maxBatch)
      return judgePlaces(
        kit,
        Array.from({ length: count }, () => ping(kit, session)),
      )
    },
  }),
  accepts('batch.answered', {
    variant: 'slow-first',
    needs: batchesOf(3, { capability: ['batch', 'echo'] }),
    run: async kit => {
      const session = await kit.session()
      const plaintext = kit.entropy(8)
      const slow = kit.element(session, { task_id: ECHO_TASK, plaintext, metadata: { 'delay-ms': '200' } })
      return judgePlaces(kit, [
        { name: 'a slow echo', element: slow, due: plaintext },
        ping(kit, session),
        ping(kit, session),
      ])
    },
  }),
  accepts('batch.alone', {
    also: ['error.message-id'],
    needs: batchesOf(3),
    run: async kit => {
      // One after the other: a session may have no more than 16 records.
      for (const part of [0, 1]) {
        const session = await kit.session()
        const places = (await refusedPlainly(kit, session)).filter((_, index) => index % 2 === part)
        const found = await judgeBetweenPings(kit, session, places)
        await kit.finish()
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('batch.alone', {
    variant: 'after-open',
    also: ['error.authenticated-after-open'],
    needs: batchesOf(3),
    run: async kit => {
      const session = await kit.session()
      const places = wrongInside.map(([name, wish, due]) => ({ name, element: kit.element(session, wish), due }))
      return judgeBetweenPings(kit, session, places)
    },
  }),
  accepts('batch.not-a-request', {
    also: ['error.message-id'],
    needs: batchesOf(3),
    run: async kit => {
      const session = await kit.session()
      const places = notRequests(kit, session)
      const all = [ping(kit, session), ...places.slice(0, kit.target.limits.maxBatch - 2), ping(kit, session)]
      return (await judgePlaces(kit, all)) ?? judgeBetweenPings(kit, session, places.slice(0, 4))
    },
  }),
  accepts('batch.not-a-request', {
    variant: 'handshake',
    needs: batchesOf(3),
    run: async kit => {
      const session = await kit.session()
      const prepared = kit.prepareHandshake(kit.draftHandshake())
      const handshake: Place = {
        name: 'a handshake',
        element: { what: 'handshake', envelope: prepared.envelope },
        due: malformed,
        messageId: { is: prepared.id },
      }
      return (
        (await judgeBetweenPings(kit, session, [handshake])) ??
        judgeAcceptance(await kit.shakeHands(prepared, prepared.request), 'the same handshake by itself')
      )
    },
  }),
  accepts('batch.in-order', {
    needs: batchesOf(3),
    run: async kit => {
      const session = await kit.session()
      const [once, again] = [ping(kit, session), ping(kit, session)]
      const draft = again.element.asked!.draft
      const other = kit.element(session, { seq: draft.seq })
      return (
        (await judgePlaces(kit, [
          once,
          ping(kit, session),
          refused('the same record again', once.element, authenticationFailed),
        ])) ??
        (await judgePlaces(kit, [
          again,
          refused('another record of the same number', other, authenticationFailed),
          ping(kit, session),
        ]))
      )
    },
  }),
  accepts('batch.in-order', {
    variant: 'close',
    also: ['task.close-ends'],
    needs: batchesOf(3),
    run: async kit => {
      const session = await kit.session()
      const close = {
        name: 'a close',
        element: kit.element(session, { task_id: CLOSE_TASK, plaintext: EMPTY }),
        due: EMPTY,
      }
      const late = refused('a ping after it', kit.element(session), { plain: 'session_unknown' })
      return judgePlaces(kit, [ping(kit, session), close, late])
    },
  }),
  accepts('batch.in-order', {
    variant: 'slow-before-close',
    also: ['task.close-ends'],
    needs: batchesOf(3, { capability: ['batch', 'echo'] }),
    run: async kit => {
      const session = await kit.session()
      const plaintext = kit.entropy(8)
      const slow = kit.element(session, { task_id: ECHO_TASK, plaintext, metadata: { 'delay-ms': '200' } })
      const close = {
        name: 'a close',
        element: kit.element(session, { task_id: CLOSE_TASK, plaintext: EMPTY }),
        due: EMPTY,
      }
      const late = refused('a ping after it', kit.element(session), { plain: 'session_unknown' })
      return judgePlaces(kit, [{ name: 'a slow echo before it', element: slow, due: plaintext }, close, late])
    },
  }),
  accepts('batch.sessions-mixed', {
    needs: batchesOf(3, sessionsAtOnce(2)),
    run: async kit => {
      const [one, other] = [await kit.session(), await kit.session()]
      return judgePlaces(kit, [ping(kit, one), ping(kit, other), ping(kit, one)])
    },
  }),
  accepts('batch.sessions-mixed', {
    variant: 'initiators',
    needs: batchesOf(3),
    run: async kit => {
      const stranger = await admittedStranger(kit)
      const [mine, theirs] = [await kit.session(), await stranger.session()]
      const found = await judgePlaces(kit, [ping(kit, mine), ping(stranger, theirs), ping(kit, mine)])
      await stranger.finish()
      return found
    },
  }),
  accepts('record.once', {
    variant: 'batch',
    needs: batchesOf(2, { alone: true }),
    run: async kit => {
      const answers = await raceOf(kit, await kit.session())
      const accepted = answers.filter(isAccepted).length
      const expected = 'exactly one of six copies of a record at once, alone and in batches, is accepted'
      const busy = answers.find(({ kind }) => kind === 'busy')
      if (accepted === 0 && busy) return brokenBy(busy, expected)
      if (accepted !== 1) return broken(`accepted-${accepted}`, expected, `${accepted} were accepted`)
      return firstOf(
        ...answers.filter(answer => !isAccepted(answer)).map(each => judgeRefusal(each, authenticationFailed)),
      )
    },
  }),
  accepts('record.replay', {
    variant: 'batch',
    needs: batchesOf(1),
    run: async kit => {
      const session = await kit.session()
      const prepared = kit.prepare(kit.draft(session))
      const place = { name: 'a ping', element: kit.element(session, prepared), due: prepared.plaintext }
      return (
        (await judgePlaces(kit, [place])) ??
        judgeRefusal(await kit.send(session, prepared), authenticationFailed) ??
        (await judgePlaces(kit, [refused('the same again', place.element, authenticationFailed)]))
      )
    },
  }),
]
