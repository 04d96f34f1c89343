import fc from 'fast-check'
import t from 'tap'
import { closeCodes } from '../../../../schemas/index.js'
import { isToken } from '../../bytes/forms.js'
import { parseJsonObject } from '../../bytes/json.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { Refusal } from '../../refusal.js'
import { dueClose, idOf } from '../due-close.js'

const LIMIT = 65_536
const due = (text: string | Uint8Array) => dueClose(typeof text === 'string' ? encodeUtf8(text) : text, LIMIT)
const nested = (depth: number) => `{"id":"a","x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

t.test('what can be answered closes nothing, whatever else is wrong with it', async t => {
  for (const text of [
    '{"id":"a"}',
    ' {"x":{"id":7},"id":"a"}\n',
    '{"id":"a","kid":null,"unknown":1}',
    `{"id":"${'i'.repeat(128)}"}`,
    '{"\\u0069d":"\\u0061"}',
    nested(16),
  ])
    t.equal(due(text), undefined, text)
})

t.test(
  'what is no JSON object by the rules of conventions.md has not been read, though an id can be seen in it',
  async t => {
    const begun = encodeUtf8('{"id":"a","x":"')
    for (const text of [
      '',
      'null',
      '7',
      '"a"',
      '[{"id":"a"}]',
      '{"id":"a"',
      '{"id":"a"}x',
      '\ufeff{"id":"a"}',
      '{"id":"a","id":"b"}',
      '{"id":"a","x":"\\ud800"}',
      '{"id":"a","x":1.0}',
      '{"id":"a","x":9007199254740992}',
      nested(17),
      Buffer.concat([begun, Uint8Array.of(0xff), encodeUtf8('"}')]),
      Buffer.concat([begun, Uint8Array.of(0xed, 0xa0, 0x80), encodeUtf8('"}')]),
    ])
      t.equal(due(text), closeCodes.notJson, String(text))
  },
)

t.test('an object whose id is absent or no token is without an id', async t => {
  for (const id of [undefined, null, 7, true, {}, [], ['a'], '', 'a b', 'é', 'a\n', 'a/b', 'i'.repeat(129)])
    t.equal(due(JSON.stringify({ id, x: 'y' })), closeCodes.noId, String(id))
  for (const text of ['{"ID":"a"}', '{"x":{"id":"a"}}', '{"__proto__":{"id":"a"}}', '{"message_id":"a"}'])
    t.equal(due(text), closeCodes.noId, text)
})

t.test('what is longer than a message may be is that before it is anything else', async t => {
  for (const text of ['{"id":"a"}', '{}', 'hello']) {
    const whole = encodeUtf8(text.padEnd(LIMIT))
    t.not(dueClose(whole, LIMIT), closeCodes.tooLarge, 'the limit itself is allowed')
    t.equal(dueClose(Buffer.concat([whole, encodeUtf8(' ')]), LIMIT), closeCodes.tooLarge)
  }
})

/** What the rules for JSON and for tokens say, each by itself. */
const saidOf = (text: Uint8Array): { readonly close: number | undefined; readonly id: string | undefined } => {
  try {
    const id = parseJsonObject(text)['id']
    if (typeof id === 'string' && isToken(id)) return { close: undefined, id }
    return { close: closeCodes.noId, id: undefined }
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause
    return { close: closeCodes.notJson, id: undefined }
  }
}

const ids = fc.oneof(fc.stringMatching(/^[A-Za-z0-9._~:-]{1,128}$/), fc.string(), fc.jsonValue())
const objects = fc
  .tuple(ids, fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean())
  .map(([id, more, first]) => encodeUtf8(JSON.stringify(first ? { id, ...more } : { ...more, id })))
/** Messages, and messages with one byte that is not theirs. */
const texts = fc.oneof(
  objects,
  fc.tuple(objects, fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
    const changed = Uint8Array.from(bytes)
    changed[at % bytes.length] = byte
    return changed
  }),
  fc.json().map(encodeUtf8),
  fc.uint8Array({ maxLength: 40 }),
)

t.test('the code and the id agree with the rules for JSON and for tokens, and an answer needs both', async t => {
  const seen = new Set<number | undefined>()
  fc.assert(
    fc.property(texts, text => {
      const { close, id } = saidOf(text)
      seen.add(close)
      return dueClose(text, LIMIT) === close && idOf(text) === id && (id === undefined) === (close !== undefined)
    }),
    { numRuns: 1000 },
  )
  t.strictSame(seen, new Set([undefined, closeCodes.notJson, closeCodes.noId]), 'each was among them')
})
