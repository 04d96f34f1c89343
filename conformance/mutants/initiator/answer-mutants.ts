import type { SessionMessage } from '../../../schemas/index.js'
import { isSageError } from '../../../reference/bytes/sage-error.js'
import { encodeUtf8 } from '../../../reference/bytes/utf8.js'
import { readBe64 } from '../../../reference/bytes/integers.js'
import { TaskFailure } from '../../../reference/agent/tasks.js'
import type { Answer } from '../../../reference/transport/channel.js'
import { forgives, ignoresTag } from './lenient.js'
import { all, initiator, mutant, omit, parts, type Driver, type Fault, type InitiatorMutant } from './mutant.js'
import { in32Bits, noLimit, noWidth, noWindow, onlyUpwards, oneByOne, oneShort } from './windows.js'

type Members = Record<string, unknown>

const membersOf = ({ body }: Answer): Members => {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as Members
  } catch {
    return {}
  }
}

/** Where no answer comes of an answer, one is made up. */
const madeUp = (make: (answer: Answer) => Uint8Array | undefined): Fault =>
  initiator(honest => ({
    openAnswer: async (live, answer, ...rest) => {
      try {
        return await honest.openAnswer(live, answer, ...rest)
      } catch (error) {
        const made = make(answer)
        if (made === undefined) throw error
        return made
      }
    },
  }))

/** Remembers every request of a run, and takes an answer as that of any that `choose` makes of them. */
const remembering = (choose: (requests: readonly Sealed[], messageId: unknown) => readonly Sealed[]): Fault =>
  initiator(honest => {
    const requests: Sealed[] = []
    return {
      exchange: (channel, outgoing) => {
        const message = JSON.parse(Buffer.from(outgoing.body).toString('utf8')) as SessionMessage
        if (message.kid !== undefined) requests.push({ message, record: Buffer.from(message.payload, 'base64') })
        return honest.exchange(channel, outgoing)
      },
      openAnswer: async (live, answer, { maxBytes }, seams) => {
        const members = membersOf(answer)
        let refusal: unknown
        for (const request of choose(requests, members['message_id'])) {
          const body = encodeUtf8(JSON.stringify({ ...members, message_id: request.message.id }))
          try {
            return await honest.openAnswer(live, { ...answer, body }, { ...request, maxBytes }, seams)
          } catch (error) {
            refusal = error
          }
        }
        throw refusal
      },
    }
  })

interface Sealed {
  readonly message: SessionMessage
  readonly record: Uint8Array
}

/** An authenticated error, whatever `success` says by now. */
const successBelieved: Fault = initiator(honest => ({
  openAnswer: async (live, answer, request, seams) => {
    try {
      return await honest.openAnswer(live, answer, request, seams)
    } catch (refusal) {
      const body = encodeUtf8(JSON.stringify({ ...membersOf(answer), success: false, error: 'application_failed' }))
      try {
        return await honest.openAnswer(live, { ...answer, body }, request, seams)
      } catch (error) {
        if (isSageError(error) && error.cause instanceof TaskFailure) return error.cause.plaintext
        throw refusal
      }
    }
  },
}))

/** Opens with another key of the session too. */
const takes = (name: 'c2sEnc' | 'encryptKey'): Fault =>
  parts(honest => {
    let own = new Uint8Array(32)
    return {
      sliceKeys: block => {
        const keys = honest.sliceKeys(block)
        own = keys[name].slice()
        return keys
      },
      openAead: (input, ciphertext) => {
        try {
          return honest.openAead(input, ciphertext)
        } catch {
          return honest.openAead({ ...input, key: own }, ciphertext)
        }
      },
    }
  })

/** Asks again where `again` says so, in a session of its own if need be. */
const repeats =
  (isWorthIt: (cause: unknown) => boolean, inAnother: boolean) =>
  async ({ open, ask }: Driver): Promise<Uint8Array[]> => {
    const session = await open()
    try {
      return await ask(session)
    } catch (error) {
      if (!isSageError(error, 'outcome_unknown') || !isWorthIt(error.cause)) throw error
      const next = inAnother ? await open() : session
      try {
        return await ask(next)
      } finally {
        await next.close()
      }
    } finally {
      await session.close()
    }
  }

const isLost = (cause: unknown): boolean => isSageError(cause, 'connection_lost') || isSageError(cause, 'timeout')
const isUnopened = (cause: unknown): boolean =>
  isSageError(cause, 'authentication_failed') || isSageError(cause, 'malformed')
const isPlain = (cause: unknown): boolean => !isLost(cause) && !isUnopened(cause)

/** Says it in the clear where it could not be said otherwise. */
const speaksPlainly =
  (when: 'no session' | 'no answer') =>
  async ({ asked, open, ask }: Driver): Promise<Uint8Array[]> => {
    const plainly = async (): Promise<never> => {
      const body = JSON.stringify({ task_id: asked.task, payload: Buffer.from(asked.payload).toString('base64') })
      await fetch(`${asked.url}/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      throw new Error('no answer')
    }
    const session = await open().catch((error: unknown) => (when === 'no session' ? plainly() : Promise.reject(error)))
    try {
      return await ask(session)
    } catch (error) {
      if (when === 'no answer') await plainly()
      throw error
    } finally {
      await session.close()
    }
  }

/** Initiators that are wrong in what they take for an answer, or in what they do without one. */
export const answerMutants: readonly InitiatorMutant[] = [
  mutant(
    'initiator-plain-error-is-a-result',
    ['message.response-honoured/plain-error'],
    madeUp(answer => {
      const { success, error } = membersOf(answer)
      return success === false ? encodeUtf8(String(error)) : undefined
    }),
  ),
  mutant(
    'initiator-anything-is-an-answer',
    ['message.response-honoured/unreadable'],
    madeUp(answer => (membersOf(answer)['success'] === undefined ? answer.body : undefined)),
  ),
  mutant(
    'initiator-answered-requests-answered-again',
    ['message.response-once'],
    remembering((requests, messageId) => requests.filter(({ message }) => message.id === messageId)),
  ),
  mutant(
    'initiator-answer-to-any-request',
    ['message.response-aad/records-exchanged'],
    remembering(requests => requests),
  ),
  mutant('initiator-success-believed', ['message.response-aad/success-flipped'], successBelieved),
  mutant(
    'initiator-tag-ignored',
    [
      'record.tag/response',
      'message.response-aad/success-flipped',
      'message.response-aad/members-changed',
      'message.response-aad/other-request',
    ],
    ignoresTag,
  ),
  mutant('initiator-own-key-taken', ['keys.direction/response'], takes('c2sEnc')),
  mutant('initiator-role-less-key-taken', ['keys.direction/response'], takes('encryptKey')),
  mutant(
    'initiator-coding-not-bound',
    ['message.response-aad/members-changed'],
    all(
      parts(honest => ({
        responseAad: ({ encoding: _coding, stream: _stream, ...envelope }, hash, steps) =>
          honest.responseAad(envelope, hash, steps),
      })),
      omit('answer', 'stream.received-names'),
    ),
  ),
  mutant(
    'initiator-error-beside-success-dropped',
    ['conventions.json-closed/response'],
    forgives(value => {
      if (value['success'] === true) delete value['error']
    }),
  ),
  mutant(
    'initiator-short-record-is-empty',
    ['record.min-length/response'],
    madeUp(answer => {
      const { data } = membersOf(answer)
      const length = typeof data === 'string' ? Buffer.from(data, 'base64').length : 36
      return length < 36 ? new Uint8Array(0) : undefined
    }),
  ),
  mutant('initiator-window-missing', ['record.replay/response', 'record.window/response'], noWindow),
  mutant('initiator-old-numbers-taken', ['record.window/response'], noWidth),
  mutant(
    'initiator-any-number-taken',
    ['record.seq-limit/response', 'record.integer-64/response', 'limits.defaults'],
    noLimit,
  ),
  mutant('initiator-numbers-in-32-bits', ['record.integer-64/response'], in32Bits),
  mutant('initiator-only-upwards', ['record.any-order/response-behind'], onlyUpwards),
  mutant('initiator-one-by-one', ['record.any-order/response', 'record.any-order/response-behind'], oneByOne),
  mutant('initiator-last-number-refused', ['conventions.limit-inclusive/response-seq'], oneShort),
  mutant(
    'initiator-window-of-both-directions',
    ['message.response-aad/answer'],
    initiator(honest => ({
      openAnswer: async (live, answer, request, seams) => {
        live.accept(readBe64(request.record))
        return await honest.openAnswer(live, answer, request, seams)
      },
    })),
  ),
  mutant('initiator-resends-after-a-plain-error', ['message.no-resend/plain-error'], {
    drive: repeats(isPlain, false),
  }),
  mutant('initiator-resends-after-a-loss', ['message.no-resend/lost-connection'], { drive: repeats(isLost, false) }),
  mutant('initiator-resends-after-a-bad-answer', ['message.no-resend/unopened'], {
    drive: repeats(isUnopened, false),
  }),
  mutant(
    'initiator-resends-in-another-session',
    ['message.no-resend/plain-error', 'message.no-resend/lost-connection', 'message.no-resend/unopened'],
    { drive: repeats(() => true, true) },
  ),
  mutant('initiator-speaks-plainly-without-a-session', ['message.no-plaintext/handshake-refused'], {
    drive: speaksPlainly('no session'),
  }),
  mutant('initiator-speaks-plainly-without-an-answer', ['message.no-plaintext/in-session'], {
    drive: speaksPlainly('no answer'),
  }),
]
