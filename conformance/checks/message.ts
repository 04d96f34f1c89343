import { CLOSE_TASK } from '../../schemas/index.js'
import { withUnusedBits } from '../probe/bytes/unused-bits.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import { concat } from '../probe/bytes/framing.js'
import type { WireObject } from '../probe/initiator/handshake-draft.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import { rejects, type Prepared } from '../runner/check.js'
import { sessionsAtOnce } from './sessions-at-once.js'

const authenticationFailed = { plain: 'authentication_failed' } as const
const malformed = { plain: 'malformed' } as const
const leavesNoTrace = ['same-bytes-accepted', 'session-lives'] as const

const setting =
  (name: string, value: unknown) =>
  (next: Prepared<SessionDraft>): WireObject => ({ ...next.envelope, [name]: value })

const without =
  (name: string) =>
  (next: Prepared<SessionDraft>): WireObject => {
    const { [name]: _, ...rest } = next.envelope
    return rest
  }

const asText =
  (change: (json: string) => string | Uint8Array) =>
  (next: Prepared<SessionDraft>): string | Uint8Array =>
    change(JSON.stringify(next.envelope))

const withMetadata =
  (metadata: Record<string, string>) =>
  (draft: SessionDraft): SessionDraft => ({ ...draft, metadata })

const entries = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`name-${index}`, 'x']))

/** The payload of an envelope, changed as text. */
const payload =
  (change: (b64: string) => string) =>
  (next: Prepared<SessionDraft>): WireObject => ({
    ...next.envelope,
    payload: change(String(next.envelope['payload'])),
  })

/** The envelope: its form, and that a record holds everything that it says. */
export const messageChecks = [
  rejects('message.schema', {
    subject: 'session message',
    also: ['conventions.json-closed', 'conventions.json-null'],
    tampered: {
      'a member unknown': setting('extra', 'x'),
      'a member missing': without('context_id'),
      'a member null': setting('metadata', null),
      'payload a number': setting('payload', 7),
      'metadata with 33 entries': setting('metadata', entries(33)),
      'metadata name in capitals': setting('metadata', { Name: 'x' }),
      'metadata value not ASCII': setting('metadata', { name: 'é' }),
      'metadata value of 1025 characters': setting('metadata', { name: 'x'.repeat(1025) }),
      'metadata value a number': setting('metadata', { name: 1 }),
      'stream with both seq and credit': setting('stream', { id: 's', seq: 0, end: true, credit: 1 }),
    },
    expect: malformed,
    after: leavesNoTrace,
  }),
  rejects('conventions.token', {
    subject: 'session message',
    tampered: {
      'an empty id': setting('id', ''),
      'an id of 129 characters': setting('id', 'i'.repeat(129)),
      'a kid with a slash': setting('kid', 'kid/1'),
      'an id with a line feed at its end': next => ({ ...next.envelope, id: `${String(next.envelope['id'])}\n` }),
    },
    expect: malformed,
    after: leavesNoTrace,
  }),
  rejects('conventions.task', {
    subject: 'session message',
    tampered: {
      'an empty task': setting('task_id', ''),
      'a task with a space': setting('task_id', 'sage/ping @v1'),
      'a task of 129 characters': setting('task_id', 't'.repeat(129)),
    },
    expect: malformed,
    after: leavesNoTrace,
  }),
  rejects('conventions.did', {
    subject: 'session message',
    tampered: {
      'no method': setting('did', 'did::x'),
      'a method in capitals': setting('did', 'did:KEY:x'),
      'a fragment': next => ({ ...next.envelope, did: `${String(next.envelope['did'])}#key` }),
      'a separator of the handshake': setting('did', 'did:web:a|init=b'),
      '513 characters': setting('did', `did:web:${'x'.repeat(505)}`),
    },
    expect: malformed,
    after: leavesNoTrace,
  }),
  rejects('conventions.base64-canonical', {
    subject: 'session message',
    // 17 bytes make a record of 53, whose last character has unused bits.
    given: draft => ({ ...draft, plaintext: new Uint8Array(17) }),
    tampered: {
      'no padding': payload(b64 => b64.replace(/=+$/, '')),
      'too much padding': payload(b64 => `${b64}====`),
      'a line feed inside': payload(b64 => `${b64.slice(0, 4)}\n${b64.slice(4)}`),
      'a space at the end': payload(b64 => `${b64} `),
      'the alphabet of b64u': payload(b64 => `-_${b64.slice(2)}`),
      'unused bits set': payload(withUnusedBits),
      'a character of neither alphabet': payload(b64 => `!${b64.slice(1)}`),
    },
    expect: malformed,
    after: leavesNoTrace,
  }),
  rejects('conventions.json-utf8', {
    subject: 'session message',
    bytes: {
      'no body': asText(() => ''),
      'not JSON': asText(() => 'hello'),
      'cut short': asText(json => json.slice(0, -1)),
      'something after it': asText(json => `${json}x`),
      'two objects': asText(json => json + json),
      'two objects on two lines': asText(json => `${json}\n${json}`),
      'an array': asText(json => `[${json}]`),
      'a byte order mark': asText(json => concat(Uint8Array.of(0xef, 0xbb, 0xbf), encodeUtf8(json))),
      'not UTF-8': asText(json =>
        concat(encodeUtf8(json.slice(0, -1)), encodeUtf8(',"x":"'), Uint8Array.of(0xff), encodeUtf8('"}')),
      ),
      'a comment': asText(json => `/* */${json}`),
      'single quotes': asText(json => json.replaceAll('"', "'")),
      // As deep as fits into the lowest maxMessageBytes that a card may have.
      'nested 30 000 deep': asText(json => `${json.slice(0, -1)},"x":${'['.repeat(30_000)}${']'.repeat(30_000)}}`),
      'a comma at the end': asText(json => `${json.slice(0, -1)},}`),
    },
    expect: malformed,
    after: leavesNoTrace,
  }),
  rejects('conventions.json-duplicate', {
    subject: 'session message',
    bytes: asText(json => `{"task_id":"sage/ping@v1",${json.slice(1)}`),
    expect: malformed,
    after: leavesNoTrace,
  }),
  rejects('conventions.json-integer', {
    subject: 'session message',
    bytes: {
      'a fraction': asText(json => `${json.slice(0, -1)},"stream":{"id":"s","seq":0.0,"end":true}}`),
      'an exponent': asText(json => `${json.slice(0, -1)},"stream":{"id":"s","seq":0e0,"end":true}}`),
    },
    expect: malformed,
    after: leavesNoTrace,
  }),
  rejects('message.id-bound', {
    subject: 'session message',
    tampered: (next, twin) => ({ ...next.envelope, id: `${twin.id.slice(0, -1)}x` }),
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('message.task-bound', {
    subject: 'session message',
    tampered: setting('task_id', CLOSE_TASK),
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('message.encoding-bound', {
    subject: 'session message',
    tampered: { added: setting('encoding', 'gzip') },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('message.stream-bound', {
    subject: 'session message',
    tampered: {
      'a chunk': setting('stream', { id: 's', seq: 0, end: true }),
      'a control': setting('stream', { id: 's', credit: 9 }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('message.metadata-bound', {
    subject: 'session message',
    given: withMetadata({ beta: '2', alpha: '1' }),
    tampered: {
      'a value changed': setting('metadata', { alpha: '1', beta: '3' }),
      'values exchanged': setting('metadata', { alpha: '2', beta: '1' }),
      'an entry added': setting('metadata', { alpha: '1', beta: '2', gamma: '' }),
      'an entry removed': setting('metadata', { alpha: '1' }),
      'all removed': without('metadata'),
      'a border moved': setting('metadata', { alph: 'a1', beta: '2' }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('message.kid-bound', {
    needs: sessionsAtOnce(2),
    subject: 'session message',
    tampered: async (next, _twin, kit) => {
      const other = await kit.session()
      return { ...next.envelope, kid: other.kid, context_id: other.contextId }
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('message.did-initiator', {
    subject: 'session message',
    forged: (next, _twin, kit) => ({ ...next, did: kit.stranger().identity.did }),
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('message.context-handshake', {
    subject: 'session message',
    forged: next => ({ ...next, context_id: `${next.context_id}x` }),
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('conventions.did-compare', {
    subject: 'session message',
    forged: next => ({
      ...next,
      did: next.did.replace(/[a-z](?=[^a-z]*$)/i, letter =>
        letter < 'a' ? letter.toLowerCase() : letter.toUpperCase(),
      ),
    }),
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
]
