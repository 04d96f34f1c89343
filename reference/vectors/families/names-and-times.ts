import type { RequirementId, VectorOp } from '../../../schemas/index.js'
import { concat } from '../../bytes/concat.js'
import { parseHex } from '../../bytes/hex.js'
import { base58 } from '@scure/base'
import type { Case, Family, Group, Layer } from '../case.js'
import type { Flag } from '../notes.js'
import { nonCanonicalEd25519, smallOrderEd25519 } from '../points.js'

type Row = readonly [id: string, comment: string, text: string, flag: Flag]

const rows = (
  op: VectorOp,
  requirement: RequirementId,
  accepted: readonly Row[],
  rejected: readonly Row[],
  layer: Layer = 'schema',
): Group => {
  const toCase = ([id, comment, text, flag]: Row): Case => ({
    id: `${op.split('.')[0]}-${id}`,
    comment,
    flags: [flag],
    requirements: [requirement],
    input: { text },
  })
  return { op, cases: [...accepted.map(toCase), ...rejected.map(row => ({ ...toCase(row), reject: layer }))] }
}

const foreign: readonly Row[] = [
  ['empty', 'no character at all', '', 'Length'],
  ['space', 'a space', 'a b', 'Alphabet'],
  ['bar', 'the separator of the handshake strings', 'a|b', 'Alphabet'],
  ['equals', 'the other separator of the handshake strings', 'a=b', 'Alphabet'],
  ['line-feed', 'a line feed at the end, which an anchor of some regular expressions forgives', 'a\n', 'Alphabet'],
  ['nul', 'a zero character', 'a\u0000', 'Alphabet'],
  ['quote', 'a quotation mark', 'a"b', 'Alphabet'],
  ['percent', 'a per cent sign', 'a%20b', 'Alphabet'],
  ['letter-beyond-ascii', 'a letter beyond ASCII', 'k\u00efd', 'Alphabet'],
  ['digit-beyond-ascii', 'a digit beyond ASCII (U+0661)', 'kid\u0661', 'Alphabet'],
  ['right-to-left', 'an invisible character that turns the direction', 'kid\u202e', 'Alphabet'],
]

const tokens = rows(
  'token.parse',
  'conventions.token',
  [
    ['one', 'the shortest', 'a', 'Border'],
    ['longest', '128 characters', 'k'.repeat(128), 'Border'],
    ['uuid', 'a UUID', 'c669fd80-88b1-48bd-ba69-0ec113108acd', 'Honest'],
    ['all-characters', 'every kind of character', 'AZaz09._~:-', 'Identifier'],
    ['only-punctuation', 'nothing but punctuation', '-:~_.', 'Identifier'],
    ['dots', 'two full stops: a name, not a path', '..', 'Identifier'],
    ['proto', 'a name that means something to JavaScript', '__proto__', 'Prototype'],
  ],
  [
    ['too-long', '129 characters', 'k'.repeat(129), 'Border'],
    ['slash', 'a slash, which a task may have', 'a/b', 'Alphabet'],
    ['at', 'an at sign, which a task may have', 'a@b', 'Alphabet'],
    ['plus', 'a plus sign, as in base64', 'a+b', 'Alphabet'],
    ...foreign,
  ],
)

const tasks = rows(
  'task.parse',
  'conventions.task',
  [
    ['ping', 'a task of the protocol', 'sage/ping@v1', 'Honest'],
    ['handshake', 'the task of the handshake', 'hpke/complete@v1', 'Honest'],
    ['one', 'the shortest', '/', 'Border'],
    ['longest', '128 characters', 't'.repeat(128), 'Border'],
    ['all-characters', 'every kind of character', 'AZaz09._~:-/@', 'Identifier'],
    ['path', 'what would be a path elsewhere', '../../x', 'Identifier'],
  ],
  [
    ['too-long', '129 characters', 't'.repeat(129), 'Border'],
    ['backslash', 'a backslash', 'sage\\ping', 'Alphabet'],
    ['question-mark', 'a question mark', 'sage/ping?x', 'Alphabet'],
    ['hash', 'a number sign', 'sage/ping#x', 'Alphabet'],
    ...foreign,
  ],
)

const ofLength = (length: number): string => `did:m:${'i'.repeat(length - 6)}`

const dids = rows(
  'did.parse',
  'conventions.did',
  [
    ['ethereum', 'a DID of the deployed core', `did:sage:ethereum:0x${'1'.repeat(40)}`, 'Honest'],
    ['key', 'a did:key', 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK', 'Honest'],
    ['web', 'a did:web with a port and a path', 'did:web:example.com%3A8443:agents:alice', 'Honest'],
    ['shortest', '7 characters', 'did:m:i', 'Border'],
    ['longest', '512 characters', ofLength(512), 'Border'],
    ['method-digits', 'a method of digits', 'did:3:a', 'Identifier'],
    ['id-colons', 'an id of colons', 'did:m::', 'Identifier'],
    ['id-punctuation', 'every character of an id that is no letter and no digit', 'did:m:._:%-', 'Identifier'],
    [
      'percent-anything',
      'a per cent sign without digits: the form does not look into escapes',
      'did:m:%zz',
      'Identifier',
    ],
  ],
  [
    ['empty', 'no character at all', '', 'Length'],
    ['empty-id', 'no id', 'did:m:', 'Length'],
    ['empty-method', 'no method', 'did::i2', 'Length'],
    ['too-long', '513 characters', ofLength(513), 'Border'],
    ['upper-case-scheme', 'the scheme in capitals', 'DID:m:i', 'Alphabet'],
    ['upper-case-method', 'a method in capitals', 'did:M:i', 'Alphabet'],
    ['method-hyphen', 'a hyphen in the method', 'did:m-m:i', 'Alphabet'],
    ['another-scheme', 'another scheme', 'urn:m:id', 'Alphabet'],
    ['tilde', 'a tilde, which a token may have', 'did:m:i~', 'Alphabet'],
    ['path', 'a DID URL with a path', 'did:m:i/path', 'Alphabet'],
    ['query', 'a DID URL with a query', 'did:m:i?q', 'Alphabet'],
    ['fragment', 'a DID URL with a fragment', 'did:m:i#key-1', 'Alphabet'],
    ['bar', 'the separator of the handshake strings', 'did:m:i|resp', 'Alphabet'],
    ['equals', 'the other separator of the handshake strings', 'did:m:i=j', 'Alphabet'],
    ['line-feed', 'a line feed at the end', 'did:m:i\n', 'Alphabet'],
    ['leading-space', 'a space before', ' did:m:i', 'Alphabet'],
    ['letter-beyond-ascii', 'a letter beyond ASCII', 'did:m:\u00efd', 'Alphabet'],
  ],
)

const times = rows(
  'time.parse',
  'conventions.time',
  [
    ['epoch', 'the beginning of Unix time', '1970-01-01T00:00:00Z', 'Border'],
    ['recorded', 'nine digits, as the deployed core writes them', '2026-11-22T07:11:37.495145826Z', 'Precision'],
    ['one-digit', 'one digit: tenths of a second', '2026-01-15T12:00:00.5Z', 'Precision'],
    [
      'trailing-zeros',
      'zeros at the end of the fraction change nothing',
      '2026-01-15T12:00:00.500000000Z',
      'Precision',
    ],
    ['one-nanosecond', 'the smallest fraction', '2026-01-15T12:00:00.000000001Z', 'Precision'],
    ['last-nanosecond', 'the largest fraction', '2026-12-31T23:59:59.999999999Z', 'Precision'],
    ['leap-day', '29 February of a leap year', '2028-02-29T00:00:00Z', 'Calendar'],
    ['leap-day-2000', '29 February of a year that 400 divides', '2000-02-29T00:00:00Z', 'Calendar'],
    ['before-1970', 'a time before 1970, with a fraction', '1969-12-31T23:59:59.999999999Z', 'Border'],
    ['year-0001', 'the first year', '0001-01-01T00:00:00Z', 'Border'],
    ['year-0099', 'a year that some libraries take for 1999', '0099-12-31T23:59:59Z', 'Border'],
    ['year-9999', 'the last year', '9999-12-31T23:59:59.999999999Z', 'Border'],
    ['year-2038', 'the second in which 32 bits overflow', '2038-01-19T03:14:08Z', 'Border'],
  ],
  [
    ['lower-z', 'z in lower case', '2026-01-15T12:00:00z', 'TimeForm'],
    ['lower-t', 't in lower case', '2026-01-15t12:00:00Z', 'TimeForm'],
    ['offset', 'an offset of zero', '2026-01-15T12:00:00+00:00', 'TimeForm'],
    ['offset-east', 'an offset of two hours', '2026-01-15T14:00:00+02:00', 'TimeForm'],
    ['local', 'no Z: local time, wherever that is', '2026-01-15T12:00:00', 'TimeForm'],
    ['space', 'a space in place of T', '2026-01-15 12:00:00Z', 'TimeForm'],
    ['no-seconds', 'no seconds', '2026-01-15T12:00Z', 'TimeForm'],
    ['date-only', 'a date', '2026-01-15', 'TimeForm'],
    ['basic-form', 'the basic form of ISO 8601', '20260115T120000Z', 'TimeForm'],
    ['unix-seconds', 'seconds since 1970', '1768478400', 'TimeForm'],
    ['comma', 'a comma before the fraction', '2026-01-15T12:00:00,5Z', 'TimeForm'],
    ['point-only', 'a point without digits', '2026-01-15T12:00:00.Z', 'TimeForm'],
    ['ten-digits', 'ten digits', '2026-01-15T12:00:00.0000000001Z', 'Precision'],
    ['two-digit-year', 'a year of two digits', '26-01-15T12:00:00Z', 'TimeForm'],
    ['five-digit-year', 'a year of five digits', '12026-01-15T12:00:00Z', 'TimeForm'],
    ['signed-year', 'a year with a sign', '+002026-01-15T12:00:00Z', 'TimeForm'],
    ['one-digit-month', 'a month of one digit', '2026-1-15T12:00:00Z', 'TimeForm'],
    ['february-30', '30 February', '2026-02-30T12:00:00Z', 'Calendar'],
    ['february-29', '29 February of a common year', '2026-02-29T12:00:00Z', 'Calendar'],
    ['february-29-1900', '29 February of a year that 100 divides and 400 does not', '1900-02-29T12:00:00Z', 'Calendar'],
    ['april-31', '31 April', '2026-04-31T12:00:00Z', 'Calendar'],
    ['day-0', 'day 0', '2026-01-00T12:00:00Z', 'Calendar'],
    ['day-32', 'day 32', '2026-01-32T12:00:00Z', 'Calendar'],
    ['month-0', 'month 0', '2026-00-15T12:00:00Z', 'Calendar'],
    ['month-13', 'month 13', '2026-13-15T12:00:00Z', 'Calendar'],
    ['hour-24', 'hour 24', '2026-01-15T24:00:00Z', 'Calendar'],
    ['minute-60', 'minute 60', '2026-01-15T12:60:00Z', 'Calendar'],
    ['leap-second', 'second 60, even where there was one', '2016-12-31T23:59:60Z', 'Calendar'],
    ['line-feed', 'a line feed at the end', '2026-01-15T12:00:00Z\n', 'Alphabet'],
    ['leading-space', 'a space before', ' 2026-01-15T12:00:00Z', 'Alphabet'],
    ['digits-beyond-ascii', 'digits beyond ASCII', '\u0662\u0660\u0662\u0666-01-15T12:00:00Z', 'Alphabet'],
    ['empty', 'no character at all', '', 'Length'],
  ],
)

// The two examples of the did:key method's specification for Ed25519, by their keys.
const knownKeys = [
  ['known-1', 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'],
  ['known-2', 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp'],
] as const

const rfc8032Key = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'

const didOf = (...bytes: readonly string[]): string =>
  `did:key:z${base58.encode(concat(...bytes.map(hex => parseHex(hex))))}`

const decode = (id: string, comment: string, did: string, flag: Flag, layer: Layer): Case => ({
  id: `did-key-${id}`,
  comment,
  flags: [flag],
  requirements: ['identity.did-key-form', ...(layer === 'key' ? [keyRule[flag]!] : [])],
  input: { did },
  reject: layer,
})

/** What else a `did:key` breaks whose form is right and whose key is not. */
const keyRule: Partial<Record<Flag, RequirementId>> = {
  SmallOrder: 'identity.key-small-order',
  NonCanonical: 'identity.key-canonical',
}

const honestKey = didOf('ed01', rfc8032Key)

const didKeys: readonly Group[] = [
  {
    op: 'did-key.decode',
    source: 'W3C CCG, The did:key Method, Ed25519 examples',
    cases: knownKeys.map(([id, did]) => ({
      id: `did-key-${id}`,
      comment: 'an example of the did:key method',
      flags: ['Honest'],
      requirements: ['identity.did-key', 'identity.did-key-form'],
      input: { did },
    })),
  },
  {
    op: 'did-key.encode',
    cases: [
      {
        id: 'did-key-encode',
        comment: 'the public key of RFC 8032 §7.1, test 1',
        flags: ['Honest'],
        requirements: ['identity.did-key-form'],
        input: { publicKey: rfc8032Key },
      },
    ],
  },
  {
    op: 'did-key.decode',
    cases: [
      {
        id: 'did-key-decode',
        comment: 'the public key of RFC 8032 §7.1, test 1',
        flags: ['Honest'],
        requirements: ['identity.did-key', 'identity.did-key-form'],
        input: { did: honestKey },
        pinned: { publicKey: rfc8032Key },
      },
      decode('31-bytes', 'a key of 31 bytes', didOf('ed01', rfc8032Key.slice(2)), 'Length', 'length'),
      decode('33-bytes', 'a key of 33 bytes', didOf('ed01', rfc8032Key, '00'), 'Length', 'length'),
      decode('no-prefix', 'no multicodec prefix', didOf(rfc8032Key), 'WrongKey', 'identity'),
      decode('x25519', 'the multicodec prefix of an X25519 key', didOf('ec01', rfc8032Key), 'WrongKey', 'identity'),
      decode(
        'secp256k1',
        'the multicodec prefix of a secp256k1 key',
        didOf('e701', rfc8032Key),
        'WrongKey',
        'identity',
      ),
      decode(
        'long-varint',
        'the multicodec prefix with a varint longer than it must be',
        didOf('ed8100', rfc8032Key),
        'NonCanonical',
        'identity',
      ),
      decode(
        'leading-one',
        'a 1 more at the beginning, which stands for a zero byte',
        honestKey.replace('key:z', 'key:z1'),
        'NonCanonical',
        'identity',
      ),
      decode('base58-zero', 'a 0, which base58 does not have', honestKey.replace(/.$/, '0'), 'Alphabet', 'encoding'),
      decode('base58-l', 'an l, which base58 does not have', honestKey.replace(/.$/, 'l'), 'Alphabet', 'encoding'),
      decode(
        'base64url',
        'multibase base64url',
        `did:key:u${Buffer.from(`ed01${rfc8032Key}`, 'hex').toString('base64url')}`,
        'NonCanonical',
        'encoding',
      ),
      decode('hex', 'multibase base16', `did:key:fed01${rfc8032Key}`, 'NonCanonical', 'encoding'),
      decode('no-multibase', 'no multibase character', honestKey.replace('key:z', 'key:'), 'Alphabet', 'encoding'),
      decode('empty', 'multibase base58btc of nothing', 'did:key:z', 'Length', 'identity'),
      decode('huge', 'as long as a DID may be', `did:key:z${'2'.repeat(503)}`, 'Length', 'identity'),
      decode('other-method', 'a DID of another method', 'did:web:example.com', 'Identifier', 'identity'),
      decode('fragment', 'a DID URL with a fragment', `${honestKey}#key-1`, 'Alphabet', 'schema'),
      ...smallOrderEd25519.map(({ name, bytes }) =>
        decode(`small-order-${name}`, `a key of small order: ${name}`, didOf('ed01', bytes), 'SmallOrder', 'key'),
      ),
      ...nonCanonicalEd25519
        .slice(0, 4)
        .map(({ name, bytes }) =>
          decode(
            `non-canonical-${name}`,
            `a key that is not canonical: ${name}`,
            didOf('ed01', bytes),
            'NonCanonical',
            'key',
          ),
        ),
    ],
  },
]

/** Tokens, tasks, DIDs, did:key and times: what they are, and what is nearly one. */
export const namesAndTimes = (): Family => ({
  name: 'names-and-times',
  title: 'Tokens, tasks, DIDs, did:key and times',
  anchor: 'the did:key method (two Ed25519 examples) and RFC 3339 for the instants; none for the refusals',
  groups: [tokens, tasks, dids, times, ...didKeys],
})
