import { concat } from '../../bytes/concat.js'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { Case, Family, Layer } from '../case.js'
import { flipped } from '../fixed.js'
import type { Flag } from '../notes.js'
import { fixedBlock, headerChecksum, matchBeforeStart, member, storedBlock, zeroBlock } from './deflate-blocks.js'
import { byGo, byGzip, byPython, type RecordedMember } from './gzip-members.js'

const MAX = 65_536

const accept = (id: string, comment: string, bytes: string, flags: readonly Flag[], max = MAX): Case => ({
  id,
  comment,
  flags,
  requirements: ['gzip.one-member'],
  input: { bytes, max },
})

const reject = (
  id: string,
  comment: string,
  bytes: string,
  flag: Flag,
  layer: Layer = 'encoding',
  max = MAX,
): Case => ({
  id,
  comment,
  flags: [flag],
  requirements: [layer === 'length' ? 'gzip.limit' : 'gzip.one-member'],
  input: { bytes, max },
  reject: layer,
})

const recorded = (members: readonly RecordedMember[]): Case[] =>
  members.map(({ id, comment, bytes, plaintext }) => ({
    ...accept(id, comment, bytes, ['OtherMaker']),
    pinned: { plaintext },
  }))

const text = encodeUtf8('hello\n')
const hello = member(text, fixedBlock(text))
const empty = member(new Uint8Array(), fixedBlock(new Uint8Array()))
const zeros = (count: number): Uint8Array => new Uint8Array(count)

const extra = '0400' + '53470000'
const name = encodeHex(encodeUtf8('name\0'))
const comment = encodeHex(encodeUtf8('comment\0'))
const withFields = (flags: number, fields: string): string =>
  member(text, fixedBlock(text), { flags, fields: parseHex(fields) })
const checkedHeader = (flags: number, fields: string): string =>
  withFields(flags | 2, fields + headerChecksum(`1f8b08${encodeHex(Uint8Array.of(flags | 2))}0000000000ff${fields}`))

const unusual: readonly Case[] = [
  accept('empty', 'nothing, in a member of twenty bytes', empty, ['EmptyOrAbsent'], 1),
  accept('empty-stored', 'nothing, in a stored block', member(zeros(0), storedBlock(zeros(0), true)), [
    'EmptyOrAbsent',
  ]),
  accept('stored', 'a stored block', member(text, storedBlock(text, true)), ['UnusualMember']),
  accept(
    'stored-in-pieces',
    'a block for every byte, and an empty one at the end',
    member(
      text,
      concat(...Array.from(text, byte => storedBlock(Uint8Array.of(byte), false)), storedBlock(zeros(0), true)),
    ),
    ['UnusualMember'],
  ),
  accept('fixed-codes', 'a block of the fixed codes', hello, ['UnusualMember']),
  accept('header-text', 'FTEXT: somebody takes it for text', withFields(0x01, ''), ['UnusualMember']),
  accept('header-extra', 'FEXTRA: an extra field', withFields(0x04, extra), ['UnusualMember']),
  accept('header-extra-empty', 'FEXTRA: an extra field of no bytes', withFields(0x04, '0000'), ['UnusualMember']),
  accept('header-name', 'FNAME: a name', withFields(0x08, name), ['UnusualMember']),
  accept('header-name-empty', 'FNAME: an empty name', withFields(0x08, '00'), ['UnusualMember']),
  accept('header-comment', 'FCOMMENT: a comment', withFields(0x10, comment), ['UnusualMember']),
  accept('header-checked', 'FHCRC: a checksum of the header', checkedHeader(0, ''), ['UnusualMember']),
  accept('header-everything', 'all optional fields', checkedHeader(0x1d, extra + name + comment), ['UnusualMember']),
  accept(
    'header-time-and-system',
    'time, XFL and OS are all ones',
    member(text, fixedBlock(text), { header: parseHex('1f8b0800ffffffffffff') }),
    ['UnusualMember'],
  ),
]

const limits: readonly Case[] = [
  accept('at-limit', 'as long as it may be', hello, ['Border'], 6),
  reject('over-limit', 'one byte too long', hello, 'Border', 'length', 5),
  accept('zeros-at-limit', '259 bytes, as long as it may be', member(zeros(259), zeroBlock(1)), ['Border'], 259),
  reject(
    'zeros-over-limit',
    'the last match goes one byte too far',
    member(zeros(259), zeroBlock(1)),
    'Border',
    'length',
    258,
  ),
  reject(
    'bomb',
    '258001 bytes in 1645: far more than there may be',
    member(zeros(258_001), zeroBlock(1000)),
    'Bomb',
    'length',
  ),
  reject(
    'bomb-that-lies',
    'the same, and the length in its trailer is 1',
    member(zeros(258_001), zeroBlock(1000), { length: 1 }),
    'Bomb',
    'length',
  ),
]

const cut = (length: number): string => hello.slice(0, 2 * length)
const [headerEnd, trailer] = [10, hello.length / 2 - 8]

const notOneMember: readonly Case[] = [
  reject('nothing', 'no bytes at all', '', 'Length'),
  reject('cut-in-magic', 'the first byte alone', cut(1), 'Length'),
  reject('cut-in-header', 'nine bytes of the header', cut(9), 'Length'),
  reject('cut-after-header', 'a header and nothing else', cut(headerEnd), 'Length'),
  reject('cut-in-extra', 'FEXTRA: a length beyond the end', withFields(0x04, 'ffff'), 'Length'),
  reject('cut-in-name', 'FNAME: no zero byte ends the name', `1f8b08080000000000ff${name.slice(0, -2)}`, 'Length'),
  reject('cut-in-body', 'the deflated data ends early', cut(headerEnd + 3), 'Length'),
  reject('cut-before-trailer', 'no trailer', cut(trailer), 'Length'),
  reject('cut-in-trailer', 'the last byte is missing', cut(trailer + 7), 'Length'),
  reject('magic-first', 'another first byte', `1e${hello.slice(2)}`, 'NotOneMember'),
  reject('magic-second', 'another second byte', `1f8a${hello.slice(4)}`, 'NotOneMember'),
  reject('method', 'another method than deflate', `1f8b07${hello.slice(6)}`, 'NotOneMember'),
  ...['20', '40', '80'].map(bit =>
    reject(`reserved-flag-${bit}`, `reserved bit 0x${bit} of FLG`, `1f8b08${bit}${hello.slice(8)}`, 'NotOneMember'),
  ),
  reject('zlib', 'zlib (RFC 1950) in its place', '789ccb48cdc9c9e70200084b021f', 'NotOneMember'),
  reject('raw-deflate', 'deflated data alone (RFC 1951)', encodeHex(fixedBlock(text)), 'NotOneMember'),
  reject('plain', 'a plaintext that nobody has compressed', encodeHex(text), 'NotOneMember'),
  reject('reserved-block', 'a block of the reserved type', member(text, Uint8Array.of(0x07)), 'NotOneMember'),
  reject(
    'stored-length-wrong',
    'a stored block whose two lengths differ',
    member(text, parseHex(`010600f8ff${encodeHex(text)}`)),
    'NotOneMember',
  ),
  reject(
    'match-before-start',
    'a match reaches back to before the beginning',
    member(zeros(258), matchBeforeStart()),
    'NotOneMember',
  ),
  reject('crc', 'one bit of the CRC-32', flipped(hello, trailer), 'Tampered'),
  reject('crc-zero', 'a CRC-32 of zero', member(text, fixedBlock(text), { crc: 0 }), 'Tampered'),
  reject('length', 'a length that is one too much', member(text, fixedBlock(text), { length: 7 }), 'Tampered'),
  reject(
    'length-high',
    'a length that is right in its lowest 16 bits',
    member(text, fixedBlock(text), { length: 0x1_0006 }),
    'Tampered',
  ),
  reject(
    'literal-exchanged',
    'one letter is another, and the CRC-32 is not its',
    member(text, fixedBlock(encodeUtf8('hullo\n'))),
    'Tampered',
  ),
  reject('zero-after', 'a zero byte after it', `${hello}00`, 'Trailing'),
  reject('zeros-after', 'zero bytes after it, as on tapes', `${hello}${'00'.repeat(16)}`, 'Trailing'),
  reject('text-after', 'text after it', hello + encodeHex(text), 'Trailing'),
  reject('member-after', 'a second member', hello + hello, 'Trailing'),
  reject('empty-member-after', 'a second member, with nothing in it', hello + empty, 'Trailing'),
  reject('empty-member-before', 'nothing, and then a second member', empty + hello, 'Trailing'),
  reject('magic-after', 'the first two bytes of a second member', `${hello}1f8b`, 'Trailing'),
]

/** What may be inside a record whose envelope says gzip, and what may not. */
export const gzip = (): Family => ({
  name: 'gzip',
  title: 'plaintexts with encoding gzip: exactly one member of RFC 1952, and how far it is inflated',
  anchor: 'members made by Python with zlib, by Go and by gzip; none for the refusals',
  groups: [
    {
      op: 'gzip.open',
      source: 'Python 3.11.7 with zlib 1.2.13: gzip.compress(…, compresslevel=N, mtime=0)',
      cases: recorded(byPython),
    },
    { op: 'gzip.open', source: 'Go 1.26.8: compress/gzip', cases: recorded(byGo) },
    { op: 'gzip.open', source: 'gzip 1.12', cases: recorded(byGzip) },
    { op: 'gzip.open', cases: [...unusual, ...limits, ...notOneMember] },
  ],
})
