import type { VectorOp } from '../../../schemas/index.js'
import { encodeBase64, encodeBase64Url } from '../../bytes/base64.js'
import { parseHex } from '../../bytes/hex.js'
import type { Case, Family, Layer } from '../case.js'
import type { Flag } from '../notes.js'
import { fixedBytes } from '../fixed.js'

const requirements = ['conventions.base64-canonical'] as const

const accept = (id: string, comment: string, text: string, flags: readonly Flag[] = ['Honest']): Case => ({
  id,
  comment,
  flags,
  requirements,
  input: { text },
})

const reject = (id: string, comment: string, text: string, flag: Flag, layer: Layer = 'encoding'): Case => ({
  id,
  comment,
  flags: [flag],
  requirements,
  input: { text },
  reject: layer,
})

// RFC 4648 §10; the last member of each is the encoding without padding.
const rfc4648: readonly (readonly [name: string, padded: string, bytes: string])[] = [
  ['empty', '', ''],
  ['f', 'Zg==', '66'],
  ['fo', 'Zm8=', '666f'],
  ['foo', 'Zm9v', '666f6f'],
  ['foob', 'Zm9vYg==', '666f6f62'],
  ['fooba', 'Zm9vYmE=', '666f6f6261'],
  ['foobar', 'Zm9vYmFy', '666f6f626172'],
]

const shared = (prefix: string, isUrl: boolean): Case[] => {
  const pad = isUrl ? '' : '='
  const pad2 = isUrl ? '' : '=='
  const encode = isUrl ? encodeBase64Url : encodeBase64
  return [
    ...[31, 32, 33].map(length =>
      accept(
        `${prefix}-${length}-bytes`,
        `${length} bytes of every kind`,
        encode(parseHex(fixedBytes(`base64 ${length}`, length))),
      ),
    ),
    reject(
      `${prefix}-trailing-bits-2`,
      'the last character leaves two bits, and they are not zero',
      `Zm9=`.replace('=', pad),
      'NonCanonical',
    ),
    reject(
      `${prefix}-trailing-bits-4`,
      'the last character leaves four bits, and they are not zero',
      `Zh==`.replace('==', pad2),
      'NonCanonical',
    ),
    reject(
      `${prefix}-one-character-over`,
      'a single character carries six bits: there is no such byte',
      'Zm9vY',
      'Length',
    ),
    reject(`${prefix}-line-feed`, 'a line feed at the end', `Zm9v\n`, 'Alphabet'),
    reject(`${prefix}-line-break-within`, 'a line break within, as in MIME', `Zm9v\r\nYmFy`, 'Alphabet'),
    reject(`${prefix}-leading-space`, 'a space before', ` Zm9v`, 'Alphabet'),
    reject(`${prefix}-space-within`, 'a space within', `Zm 9v`, 'Alphabet'),
    reject(`${prefix}-nul`, 'a zero character at the end', `Zm9v\u0000`, 'Alphabet'),
    reject(`${prefix}-dot`, 'a full stop', `Zm9.`, 'Alphabet'),
    reject(`${prefix}-not-ascii`, 'a letter that looks like an ASCII one (U+0410)', `Zm9\u0410`, 'Alphabet'),
    reject(`${prefix}-comment`, 'a comment, as some decoders skip', `Zm9v!`, 'Alphabet'),
  ]
}

const group = (op: VectorOp, cases: readonly Case[], source?: string) => ({
  op,
  cases,
  ...(source !== undefined && { source }),
})

/** The two encodings of bytes in text, and everything that is nearly one of them. */
export const base64 = (): Family => ({
  name: 'base64',
  title: 'base64 (RFC 4648 §4, padded) and base64url (§5, without padding), canonical only',
  anchor: 'RFC 4648 §10 (the seven test vectors); none for the refusals',
  groups: [
    group(
      'base64.decode',
      rfc4648.map(([name, text, bytes]) => ({
        ...accept(`b64-rfc4648-${name}`, `RFC 4648 §10: "${name}"`, text, ['Rfc']),
        pinned: { bytes },
      })),
      'RFC 4648 §10',
    ),
    group('base64.decode', [
      accept('b64-alphabet-ends', 'the last two characters of the alphabet, plus and slash', '+/+/'),
      ...shared('b64', false),
      reject('b64-unpadded-1', 'the one padding character is missing', 'Zm8', 'Padding'),
      reject('b64-unpadded-2', 'both padding characters are missing', 'Zg', 'Padding'),
      reject('b64-padding-short', 'one of two padding characters', 'Zg=', 'Padding'),
      reject('b64-padding-excess', 'a padding character where there is none', 'Zm9v=', 'Padding'),
      reject('b64-padding-only', 'padding and nothing else', '====', 'Padding'),
      reject('b64-padding-within', 'two padded texts, one after the other', 'Zg==Zg==', 'Padding'),
      reject('b64-url-alphabet', 'minus and underscore belong to base64url', '-_-_', 'Alphabet'),
    ]),
    group(
      'base64url.decode',
      rfc4648.map(([name, text, bytes]) => ({
        ...accept(`b64u-rfc4648-${name}`, `RFC 4648 §10 without its padding: "${name}"`, text.replace(/=+$/, ''), [
          'Rfc',
        ]),
        pinned: { bytes },
      })),
      'RFC 4648 §10',
    ),
    group('base64url.decode', [
      accept('b64u-alphabet-ends', 'the last two characters of the alphabet, minus and underscore', '-_-_'),
      ...shared('b64u', true),
      reject('b64u-padded-1', 'one padding character', 'Zm8=', 'Padding'),
      reject('b64u-padded-2', 'two padding characters', 'Zg==', 'Padding'),
      reject('b64u-standard-alphabet', 'plus and slash belong to base64', '+/+/', 'Alphabet'),
      reject('b64u-mixed-alphabets', 'characters of both alphabets', '-/-/', 'Alphabet'),
    ]),
  ],
})
