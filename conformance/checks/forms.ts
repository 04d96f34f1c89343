import { encodeBase64url } from '../probe/bytes/base64.js'
import { withUnusedBits } from '../probe/bytes/unused-bits.js'
import { withParties, payloadTextOf, type HandshakeDraft, type WireObject } from '../probe/initiator/handshake-draft.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import { accepts, rejects, type Prepared } from '../runner/check.js'
import { firstOf, judgeAcceptance, judgeRefusal } from '../runner/judgement.js'

const malformed = { plain: 'malformed' } as const
const leavesNoTrace = ['same-bytes-accepted', 'session-lives'] as const
const leavesNoSession = ['no-session', 'same-bytes-accepted'] as const

const setting =
  (name: string, value: unknown) =>
  ({ envelope }: { readonly envelope: WireObject }): WireObject => ({ ...envelope, [name]: value })

const without =
  (name: string) =>
  ({ envelope }: Prepared<HandshakeDraft>): WireObject => {
    const { [name]: _, ...rest } = envelope
    return rest
  }

/** A member of a handshake message that is b64, as another text. */
const text =
  (name: 'payload' | 'signature', change: (b64: string) => string) =>
  ({ envelope }: Prepared<HandshakeDraft>): WireObject => ({ ...envelope, [name]: change(String(envelope[name])) })

/** A handshake in another context, and the strings that follow from it. */
const inContext =
  (context_id: string) =>
  (next: HandshakeDraft): HandshakeDraft =>
    withParties(next, { context_id })

const chunk = { id: 'stream-1', seq: 0, end: true } as const
const streamed = (stream: unknown) => setting('stream', stream)
const { id: _id, ...chunkWithoutId } = chunk
const { end: _end, ...chunkWithoutEnd } = chunk

/** What is no token, by what is wrong with it. */
const noTokens = {
  empty: '',
  'of 129 characters': 't'.repeat(129),
  'with a slash': 'one/two',
  'with an at sign': 'one@two',
  'with a separator of the handshake': 'one|two',
  'with a line feed at its end': 'one\n',
  'with a letter beyond ASCII': 'onë',
  'a number': 7,
  null: null,
} as const

const ofTokens = <Result>(member: string, make: (value: unknown) => Result): Record<string, Result> =>
  Object.fromEntries(Object.entries(noTokens).map(([name, value]) => [`${member} ${name}`, make(value)]))

const texts = Object.entries(noTokens).flatMap(([name, value]) =>
  typeof value === 'string' ? [[name, value] as const] : [],
)

/** 128 characters of every kind that a token may have. */
const longest = 'Az09._~:-'.repeat(14) + 'zz'

const unusedBit = (b64u: string): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return b64u.slice(0, -1) + (alphabet[alphabet.indexOf(b64u.at(-1) ?? '') + 1] ?? '')
}

/** A handshake whose payload leaves bits of its b64 unused: its nonce is as long as it takes. */
const withPadding = (draft: HandshakeDraft): HandshakeDraft =>
  payloadTextOf(draft).length % 3 === 0 ? { ...draft, nonce: `${draft.nonce}x` } : draft

/** The forms of members, each of their constraints broken in turn, and what just keeps to them. */
export const formChecks = [
  rejects('message.schema', {
    variant: 'handshake',
    subject: 'handshake',
    tampered: {
      'another role': setting('role', 'agent'),
      'role in capitals': setting('role', 'User'),
      'role empty': setting('role', ''),
      'role with a space': setting('role', 'user '),
      'role null': setting('role', null),
      'role a list': setting('role', ['user']),
      'a member unknown': setting('extra', 'x'),
      'metadata, which is of session messages': setting('metadata', {}),
      'a stream, which is of session messages': setting('stream', chunk),
      'no signature': without('signature'),
      'no payload': without('payload'),
      'no context': without('context_id'),
      'a signature of 63 bytes': setting('signature', Buffer.alloc(63).toString('base64')),
      'a signature of 65 bytes': setting('signature', Buffer.alloc(65).toString('base64')),
      'an empty signature': setting('signature', ''),
      'a payload that is a number': setting('payload', 7),
    },
    expect: malformed,
    after: leavesNoSession,
  }),
  accepts('message.schema', {
    variant: 'role',
    run: async kit =>
      firstOf(
        judgeAcceptance(await kit.shakeHands({ ...kit.draftHandshake(), role: 'user' }), 'a handshake with role user'),
        judgeAcceptance(await kit.shakeHands({ ...kit.draftHandshake(), role: undefined }), 'a handshake without role'),
      ),
  }),
  rejects('conventions.token', {
    variant: 'handshake',
    subject: 'handshake',
    // Everything else follows from it: nothing but its form is wrong with the handshake.
    forged: Object.fromEntries(
      texts.flatMap(([name, value]): [string, (next: HandshakeDraft) => HandshakeDraft][] => [
        [`context_id ${name}`, inContext(value)],
        [`nonce ${name}`, next => ({ ...next, nonce: value })],
        [`id ${name}`, next => ({ ...next, id: value })],
      ]),
    ),
    expect: malformed,
    after: leavesNoSession,
  }),
  rejects('conventions.token', {
    variant: 'members',
    subject: 'session message',
    tampered: {
      ...ofTokens('context_id', value => setting('context_id', value)),
      ...ofTokens('kid', value => setting('kid', value)),
      ...ofTokens('stream.id', value => streamed({ ...chunk, id: value })),
    },
    expect: malformed,
    after: leavesNoTrace,
  }),
  rejects('message.schema', {
    variant: 'stream',
    subject: 'session message',
    tampered: {
      'an empty object': streamed({}),
      'an array': streamed([]),
      null: streamed(null),
      'a text': streamed('stream-1'),
      'no id': streamed(chunkWithoutId),
      'an id alone': streamed({ id: 's' }),
      'no end': streamed(chunkWithoutEnd),
      'end a text': streamed({ ...chunk, end: 'true' }),
      'end a number': streamed({ ...chunk, end: 1 }),
      'seq below zero': streamed({ ...chunk, seq: -1 }),
      'seq of 33 bits': streamed({ ...chunk, seq: 2 ** 32 }),
      'seq a text': streamed({ ...chunk, seq: '0' }),
      'credit below zero': streamed({ id: 's', credit: -1 }),
      'credit of 33 bits': streamed({ id: 's', credit: 2 ** 32 }),
      'credit a text': streamed({ id: 's', credit: '9' }),
      'cancel false': streamed({ id: 's', cancel: false }),
      'cancel a number': streamed({ id: 's', cancel: 1 }),
      'cancel with a credit': streamed({ id: 's', cancel: true, credit: 9 }),
      'a member unknown': streamed({ ...chunk, extra: 1 }),
    },
    expect: malformed,
    after: leavesNoTrace,
  }),
  rejects('message.schema', {
    variant: 'names',
    subject: 'session message',
    tampered: {
      'encoding empty': setting('encoding', ''),
      'encoding in capitals': setting('encoding', 'GZIP'),
      'encoding that begins with a digit': setting('encoding', '7zip'),
      'encoding of 33 characters': setting('encoding', 'e'.repeat(33)),
      'encoding a number': setting('encoding', 1),
      'a metadata name that is empty': setting('metadata', { '': 'x' }),
      'a metadata name of 33 characters': setting('metadata', { ['n'.repeat(33)]: 'x' }),
      'a metadata name that begins with a digit': setting('metadata', { '1x': 'x' }),
      'a metadata value with a line feed': setting('metadata', { name: 'x\n' }),
      'a metadata value with a character 127': setting('metadata', { name: '\u007f' }),
      'a metadata value that is an object': setting('metadata', { name: {} }),
      'metadata a list': setting('metadata', []),
      'role, which is of handshakes': setting('role', 'user'),
      'signature, which is of handshakes': setting('signature', 'x'),
      'payload empty but for padding': setting('payload', '===='),
    },
    expect: malformed,
    after: leavesNoTrace,
  }),
  accepts('conventions.limit-inclusive', {
    variant: 'forms',
    run: async kit => {
      const drafts = {
        'with names of 128 characters': { ...inContext(longest)(kit.draftHandshake()), id: longest, nonce: longest },
        'with names of one character': { ...inContext('c')(kit.draftHandshake()), id: 'i' },
      }
      const metadata = Object.fromEntries(
        Array.from({ length: 32 }, (_, index) => [`n-_${String(index).padStart(29, '0')}`, '']),
      )
      const told = 'did:web:'
      const stranger = { did: told.padEnd(512, 'x'), initDid: told.padEnd(512, 'x') }
      const shortest = { did: 'did:a:b', initDid: 'did:a:b' }
      for (const [what, draft] of Object.entries(drafts)) {
        const answer = await kit.shakeHands(draft)
        const found = judgeAcceptance(answer, `a handshake ${what}`)
        if (found || answer.kind !== 'session') return found
        const { session } = answer
        const asked: [string, Partial<SessionDraft>][] = [
          [`a message of a session ${what}`, { id: longest }],
          ['a message with an id of one character', { id: '-' }],
          ['a message with 32 metadata entries, their names of 32 characters', { metadata }],
        ]
        for (const [name, wish] of asked) {
          const judged = judgeAcceptance(await kit.ask(session, wish), name)
          if (judged) return judged
        }
        const found2 = firstOf(
          judgeRefusal(await kit.ask(session, { task_id: 'a/@'.padEnd(128, 'z') }), {
            authenticated: 'task_unsupported',
          }),
          judgeRefusal(await kit.ask(session, { encoding: 'x'.padEnd(32, '-') }), {
            authenticated: 'encoding_unsupported',
          }),
          judgeRefusal(await kit.ask(session, { stream: { id: longest, seq: 2 ** 32 - 1, end: true } }), {
            authenticated: 'stream_violation',
          }),
        )
        if (found2) return found2
      }
      for (const parties of [stranger, shortest]) {
        const answer = await kit.shakeHands(withParties(kit.draftHandshake(), parties))
        const found = judgeRefusal(answer, { plain: 'authentication_failed' })
        if (found) return found
      }
      return undefined
    },
  }),
  rejects('conventions.base64-canonical', {
    variant: 'handshake',
    subject: 'handshake',
    given: withPadding,
    tampered: {
      'unused bits in signature': text('signature', withUnusedBits),
      'signature without padding': text('signature', b64 => b64.replace(/=+$/, '')),
      'signature with too much padding': text('signature', b64 => `${b64}====`),
      'a line feed in signature': text('signature', b64 => `${b64.slice(0, 76)}\n${b64.slice(76)}`),
      'unused bits in payload': text('payload', withUnusedBits),
      'payload without padding': text('payload', b64 => b64.replace(/=+$/, '')),
      'a line feed in payload': text('payload', b64 => `${b64.slice(0, 76)}\n${b64.slice(76)}`),
    },
    expect: malformed,
    after: leavesNoSession,
  }),
  rejects('conventions.base64-canonical', {
    variant: 'points',
    subject: 'handshake',
    forged: {
      'unused bits in enc': next => ({ ...next, enc: unusedBit(next.enc) }),
      'unused bits in ephC': next => ({ ...next, ephC: unusedBit(next.ephC) }),
      'padding in enc': next => ({ ...next, enc: `${next.enc}=` }),
      'ephC of 33 bytes': next => ({ ...next, ephC: encodeBase64url(new Uint8Array(33).fill(9)) }),
    },
    expect: malformed,
    after: leavesNoSession,
  }),
]
