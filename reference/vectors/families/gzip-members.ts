import { hexOf } from '../fixed.js'

// Members of RFC 1952 that others have made, byte for byte. zlib and its relatives write other bytes from one version to the
// next, so that a generator cannot make them anew.

/** What most of them hold: 224 bytes, the same sentence twice. */
const sentence = hexOf(
  'The wire is the only thing two agents share. The wire is where it breaks: a label, a length, a byte of padding. '.repeat(
    2,
  ),
)

/** A member, and who made it. */
export interface RecordedMember {
  readonly id: string
  readonly comment: string
  readonly bytes: string
  readonly plaintext: string
}

/** Python 3.11.7 with zlib 1.2.13: `gzip.compress(sentence, compresslevel=N, mtime=0)`. */
export const byPython: readonly RecordedMember[] = [
  {
    id: 'zlib-level-0',
    comment: 'level 0 of zlib, which compresses nothing',
    bytes:
      '1f8b080000000000040301e0001fff546865207769726520697320746865206f6e6c79207468696e672074776f206167656e747320736861' +
      '72652e20546865207769726520697320776865726520697420627265616b733a2061206c6162656c2c2061206c656e6774682c2061206279' +
      '7465206f662070616464696e672e20546865207769726520697320746865206f6e6c79207468696e672074776f206167656e747320736861' +
      '72652e20546865207769726520697320776865726520697420627265616b733a2061206c6162656c2c2061206c656e6774682c2061206279' +
      '7465206f662070616464696e672e20842291dae0000000',
    plaintext: sentence,
  },
  {
    id: 'zlib-level-1',
    comment: 'level 1 of zlib',
    bytes:
      '1f8b0800000000000403bdcdc10d80200c85e155de00c6019c83054aa84024606813c2f6969b2ee0ed3bbcfe758931726764819a5b2dd390' +
      '6b848e068a5c5520893aef70aff148bcae14be335d728050c873d916b8464d4b7eaa354fdc148235bf893ffe3d842291dae0000000',
    plaintext: sentence,
  },
  {
    id: 'zlib-level-2',
    comment: 'level 2 of zlib',
    bytes:
      '1f8b0800000000000003bdcdc10d80200c85e155de00c6019c83054aa84024606813c2f6969b2ee0ed3bbcfe758931726764819a5b2dd390' +
      '6b848e068a5c5520893aef70aff148bcae14be335d728050c873d916b8464d4b7eaa354fdc148235bf893ffe3d842291dae0000000',
    plaintext: sentence,
  },
  {
    id: 'zlib-level-3',
    comment: 'level 3 of zlib',
    bytes:
      '1f8b0800000000000003bdcdc10d80200c85e155de00c6019c83054aa84024606813c2f6969b2ee0ed3bbcfe758931726764819a5b2dd390' +
      '6b848e068a5c5520893aef70aff148bcae14be335d728050c873d916b8464d4b7eaa354fdc148235bf893ffe3d842291dae0000000',
    plaintext: sentence,
  },
  {
    id: 'zlib-level-4',
    comment: 'level 4 of zlib',
    bytes:
      '1f8b0800000000000003bdcdc10d80201044d156a6006301d641034b588148c0b09b10ba77b96903dede61f2c725c6c89d91056a6eb54c43' +
      'ae113a1a2872558124eabcc3bdc623f182c277a64b0e100a792edb02d7a869c94fb5e6899b42b0e637f1c7df03842291dae0000000',
    plaintext: sentence,
  },
  {
    id: 'zlib-level-5',
    comment: 'level 5 of zlib',
    bytes:
      '1f8b0800000000000003bdcdc10d80201044d156a6006301d641034b588148c0b09b10ba77b96903dede61f2c725c6c89d91056a6eb54c43' +
      'ae113a1a2872558124eabcc3bdc623f182c277a64b0e100a792edb02d7a869c94fb5e6899b42b0e637f1c7df03842291dae0000000',
    plaintext: sentence,
  },
  {
    id: 'zlib-level-6',
    comment: 'level 6 of zlib',
    bytes:
      '1f8b0800000000000003bdcdc10d80201044d156a6006301d641034b588148c0b09b10ba77b96903dede61f2c725c6c89d91056a6eb54c43' +
      'ae113a1a2872558124eabcc3bdc623f182c277a64b0e100a792edb02d7a869c94fb5e6899b42b0e637f1c7df03842291dae0000000',
    plaintext: sentence,
  },
  {
    id: 'zlib-level-7',
    comment: 'level 7 of zlib',
    bytes:
      '1f8b0800000000000003bdcdc10d80201044d156a6006301d641034b588148c0b09b10ba77b96903dede61f2c725c6c89d91056a6eb54c43' +
      'ae113a1a2872558124eabcc3bdc623f182c277a64b0e100a792edb02d7a869c94fb5e6899b42b0e637f1c7df03842291dae0000000',
    plaintext: sentence,
  },
  {
    id: 'zlib-level-8',
    comment: 'level 8 of zlib',
    bytes:
      '1f8b0800000000000003bdcdc10d80201044d156a6006301d641034b588148c0b09b10ba77b96903dede61f2c725c6c89d91056a6eb54c43' +
      'ae113a1a2872558124eabcc3bdc623f182c277a64b0e100a792edb02d7a869c94fb5e6899b42b0e637f1c7df03842291dae0000000',
    plaintext: sentence,
  },
  {
    id: 'zlib-level-9',
    comment: 'level 9 of zlib',
    bytes:
      '1f8b0800000000000203bdcdc10d80201044d156a6006301d641034b588148c0b09b10ba77b96903dede61f2c725c6c89d91056a6eb54c43' +
      'ae113a1a2872558124eabcc3bdc623f182c277a64b0e100a792edb02d7a869c94fb5e6899b42b0e637f1c7df03842291dae0000000',
    plaintext: sentence,
  },
]

/** Go 1.26.8, `compress/gzip`: `NewWriterLevel(w, N)`, with the fields of the header set where that is said. */
export const byGo: readonly RecordedMember[] = [
  {
    id: 'go-level-huffman',
    comment: 'Huffman codes and no matches',
    bytes:
      '1f8b08000000000000ff04c08109c3201085e155fe014206e81c59e024afde51d1a00792edfb5d2e764c118b74317a7b498f5ec93db0aa9e' +
      '8be5367572b9d831452cb66b8a48ca94fdd607a359513b309a7a4d3f30ca9b627c79ecbea3d793cbc58e2962912e466f2fe9d12bb90756d5' +
      '73b1dca64e2e173ba688c5764d114999b2dffa60342b6a074653afe9074679538c2f8fdd77f47af20f0000ffff842291dae0000000',
    plaintext: sentence,
  },
  {
    id: 'go-level-0',
    comment: 'level 0 of Go, and an empty block at the end',
    bytes:
      '1f8b08000000000000ff00e0001fff546865207769726520697320746865206f6e6c79207468696e672074776f206167656e747320736861' +
      '72652e20546865207769726520697320776865726520697420627265616b733a2061206c6162656c2c2061206c656e6774682c2061206279' +
      '7465206f662070616464696e672e20546865207769726520697320746865206f6e6c79207468696e672074776f206167656e747320736861' +
      '72652e20546865207769726520697320776865726520697420627265616b733a2061206c6162656c2c2061206c656e6774682c2061206279' +
      '7465206f662070616464696e672e20010000ffff842291dae0000000',
    plaintext: sentence,
  },
  {
    id: 'go-level-1',
    comment: 'level 1 of Go',
    bytes:
      '1f8b08000000000004ffbccdcb0903310c04d056a680b005a48e6d406627968891832530ee3ef89634b0b77798cfa9c4b441582095e8de16' +
      '52cd2b727648a5672054060f9c3fe1a9dcad441994773c216852d81e1bf49aba555612fd858f5c97793dfe26eef8fb060000ffff842291da' +
      'e0000000',
    plaintext: sentence,
  },
  {
    id: 'go-level-6',
    comment: 'level 6 of Go',
    bytes:
      '1f8b08000000000000ffbccdc10d02310c44d156a6004401d441038e76b02d2207c596a2ed1ee5060deced1d46f39f462c9f8427ca8811fd' +
      '449987a2d68028a312693279c7ef7819370a6d52def980a04b63bf6d30b46cab9d458c173e721c1efa7f7145ef1b0000ffff842291dae000' +
      '0000',
    plaintext: sentence,
  },
  {
    id: 'go-level-9',
    comment: 'level 9 of Go',
    bytes:
      '1f8b08000000000002ffbccdc10d02310c44d156a6004401d441038e76b02d2207c596a2ed1ee5060deced1d46f39f462c9f8427ca8811fd' +
      '449987a2d68028a312693279c7ef7819370a6d52def980a04b63bf6d30b46cab9d458c173e721c1efa7f7145ef1b0000ffff842291dae000' +
      '0000',
    plaintext: sentence,
  },
  {
    id: 'go-header-fields',
    comment: 'extra field, name, comment and time of 2023-11-14 in the header',
    bytes:
      '1f8b081c00f1536500ff06005347020001026c6162656c2e747874006120636f6d6d656e7400ca48cdc9c9e702040000ffff20303a3606000000',
    plaintext: hexOf('hello\n'),
  },
]

/** gzip 1.12 of a file `h` of 2024-01-01 with `hello` and a line feed, and of an empty one. */
export const byGzip: readonly RecordedMember[] = [
  {
    id: 'gzip-fastest-with-name',
    comment: 'gzip -1 -N: name and time in the header',
    bytes: '1f8b08088000926504036800cb48cdc9c9e7020020303a3606000000',
    plaintext: hexOf('hello\n'),
  },
  {
    id: 'gzip-best-with-name',
    comment: 'gzip -9 -N: name and time in the header',
    bytes: '1f8b08088000926502036800cb48cdc9c9e7020020303a3606000000',
    plaintext: hexOf('hello\n'),
  },
  {
    id: 'gzip-without-name',
    comment: 'gzip -n: a header of ten bytes',
    bytes: '1f8b0800000000000003cb48cdc9c9e7020020303a3606000000',
    plaintext: hexOf('hello\n'),
  },
  {
    id: 'gzip-empty',
    comment: 'gzip -n of nothing',
    bytes: '1f8b080000000000000303000000000000000000',
    plaintext: '',
  },
]
