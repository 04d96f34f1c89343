import type { Family } from '../case.js'
import { counting, fixedBytes, hexOf, repeated } from '../fixed.js'
import * as mistakes from '../mistakes/primitives.js'

/** RFC 5869 Appendix A, and HKDF at the edges of its blocks. */
export const hkdf = (): Family => ({
  name: 'hkdf',
  title: 'HKDF with SHA-256',
  anchor: 'RFC 5869 Appendix A.1 to A.3',
  groups: [
    {
      op: 'hkdf',
      source: 'RFC 5869 Appendix A',
      cases: [
        {
          id: 'rfc5869-1',
          comment: 'A.1, basic test case; the okm takes two blocks',
          flags: ['Rfc', 'NearMiss'],
          input: { salt: counting(0x00, 13), ikm: repeated(0x0b, 22), info: counting(0xf0, 10), length: 42 },
          pinned: {
            prk: '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
            okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
          },
          mistakes: [mistakes.extractExchanged, mistakes.counterStuck],
        },
        {
          id: 'rfc5869-2',
          comment:
            'A.2, longer inputs and outputs; the salt is longer than a block of SHA-256, the okm takes three blocks',
          flags: ['Rfc', 'BlockBoundary', 'NearMiss'],
          input: { salt: counting(0x60, 80), ikm: counting(0x00, 80), info: counting(0xb0, 80), length: 82 },
          pinned: {
            prk: '06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244',
            okm:
              'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09' +
              'da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
          },
          mistakes: [mistakes.counterStuck, mistakes.blocksNotChained],
        },
        {
          id: 'rfc5869-3',
          comment: 'A.3, salt and info of length zero: an empty salt stands for 32 zeros',
          flags: ['Rfc', 'EmptyOrAbsent'],
          input: { salt: '', ikm: repeated(0x0b, 22), info: '', length: 42 },
          pinned: {
            prk: '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04',
            okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
          },
        },
      ],
    },
    {
      op: 'hkdf',
      cases: [
        ...[1, 31, 32, 33, 64, 65, 128, 192].map(length => ({
          id: `length-${length}`,
          comment: `${length} bytes: ${Math.ceil(length / 32)} blocks of which the last has ${((length - 1) % 32) + 1} bytes`,
          flags: ['BlockBoundary'] as const,
          input: { salt: fixedBytes('hkdf salt'), ikm: fixedBytes('hkdf ikm'), info: hexOf('sage'), length },
        })),
        ...[63, 64, 65].map(length => ({
          id: `salt-${length}`,
          comment: `a salt of ${length} bytes: HMAC hashes a key that is longer than 64`,
          flags: ['BlockBoundary'] as const,
          input: { salt: fixedBytes('long salt', length), ikm: fixedBytes('hkdf ikm'), info: '', length: 32 },
        })),
        {
          id: 'longest',
          comment: '8160 bytes, the most that HKDF-SHA256 gives: the counter reaches 255',
          flags: ['Border'],
          input: { salt: fixedBytes('hkdf salt'), ikm: fixedBytes('hkdf ikm'), info: hexOf('sage'), length: 8160 },
        },
        {
          id: 'too-long',
          comment: '8161 bytes would need a counter of 256 (RFC 5869 §2.3)',
          flags: ['Border'],
          input: { salt: fixedBytes('hkdf salt'), ikm: fixedBytes('hkdf ikm'), info: hexOf('sage'), length: 8161 },
          reject: 'length',
        },
      ],
    },
  ],
})
