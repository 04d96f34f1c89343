import type { VectorFile, VectorTest } from '../../../schemas/index.js'

/** A small vector file that is in order. */
export const sampleFile = (): VectorFile => ({
  $schema: '../schemas/vector-file.schema.json',
  title: 'sample',
  suite: 'sage/1.0',
  generator: 'a test',
  checker: 'a test',
  anchor: 'none',
  counts: { tests: 2, accept: 1, reject: 1 },
  notes: { Honest: { description: 'd', effect: 'e' } },
  groups: [
    { op: 'hkdf', tests: [sampleTest()] },
    {
      op: 'token.parse',
      tests: [
        {
          id: 'empty',
          comment: 'c',
          flags: ['Honest'],
          requirements: ['conventions.token'],
          input: { text: '' },
          expect: { outcome: 'reject', layer: 'schema' },
        },
      ],
    },
  ],
})

/** RFC 5869 A.3, with a near miss. */
export const sampleTest = (): VectorTest => ({
  id: 'rfc5869-3',
  comment: 'A.3',
  flags: ['Honest'],
  requirements: [],
  input: { salt: '', ikm: '0b'.repeat(22), info: '', length: 42 },
  steps: { prk: '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04' },
  nearMisses: [{ step: 'okm', value: 'ab', mistake: 'a mistake' }],
  expect: {
    outcome: 'accept',
    output: { okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8' },
  },
})
