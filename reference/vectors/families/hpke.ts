import type { Ask, Case, Family } from '../case.js'
import { textOf } from '../case.js'
import { fixedBytes, hexOf } from '../fixed.js'
import { smallOrderX25519, withHighBit } from '../points.js'

const rfcInfo = '4f6465206f6e2061204772656369616e2055726e'
const rfcPublic = '4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a'
const rfcPrivate = '8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb'
const rfcIkmE = '909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b'
const rfcEnc = '1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a'
const rfcExports = [
  { name: 'empty', exporterContext: '', exported: '4bbd6243b8bb54cec311fac9df81841b6fd61f56538a775e7c80a9f40160606e' },
  { name: 'zero', exporterContext: '00', exported: '8c1df14732580e5501b00f82b10a1647b40713191b7c1240ac80e2b68808ba69' },
  {
    name: 'text',
    exporterContext: '54657374436f6e74657874',
    exported: '5acb09211139c43b3090489a9da433e8a30ee7188ba8b0a9a1ccf0c229283e53',
  },
]

/** RFC 9180 A.2.1.2, longer exports, and keys that must be refused or taken as they come. */
export const hpke = (ask: Ask): Family => {
  const skR = fixedBytes('hpke receiver')
  const ikmE = fixedBytes('hpke ephemeral')
  const context = { info: hexOf('sage info'), exporterContext: hexOf('sage export'), length: 32 }
  const pkR = textOf(ask('x25519', { privateKey: skR, publicKey: `09${'00'.repeat(31)}` }), 'sharedSecret')
  const enc = textOf(ask('hpke.export-sender', { ikmE, pkR, ...context }), 'enc')
  const lowOrder = (member: 'pkR' | 'enc', input: Record<string, unknown>): Case[] =>
    smallOrderX25519.map(({ name, bytes }) => ({
      id: `${member.toLowerCase()}-small-order-${name}`,
      comment: `${member} is a point of small order (${name}): the shared secret of the KEM would be all zero`,
      flags: ['SmallOrder'],
      requirements: ['handshake.all-zero'],
      input: { ...input, [member]: bytes },
      reject: 'agreement',
    }))
  return {
    name: 'hpke',
    title: 'The exporter of HPKE, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, Base mode',
    anchor: 'RFC 9180 Appendix A.2.1.2 (exported values)',
    groups: [
      {
        op: 'hpke.export-sender',
        source: 'RFC 9180 Appendix A.2.1',
        cases: rfcExports.map(({ name, exporterContext, exported }) => ({
          id: `rfc9180-sender-${name}`,
          comment: `A.2.1, exporter context: ${name}`,
          flags: ['Rfc'],
          requirements: ['handshake.exporter'],
          input: { ikmE: rfcIkmE, pkR: rfcPublic, info: rfcInfo, exporterContext, length: 32 },
          pinned: { enc: rfcEnc, exported },
        })),
      },
      {
        op: 'hpke.export-receiver',
        source: 'RFC 9180 Appendix A.2.1',
        cases: rfcExports.map(({ name, exporterContext, exported }) => ({
          id: `rfc9180-receiver-${name}`,
          comment: `A.2.1, exporter context: ${name}`,
          flags: ['Rfc'],
          requirements: ['handshake.exporter'],
          input: { skR: rfcPrivate, enc: rfcEnc, info: rfcInfo, exporterContext, length: 32 },
          pinned: { exported },
        })),
      },
      {
        op: 'hpke.export-sender',
        cases: [
          ...[1, 64, 97].map(length => ({
            id: `sender-length-${length}`,
            comment: `an export of ${length} bytes; the length is bound into the export`,
            flags: ['BlockBoundary'] as const,
            requirements: ['handshake.exporter'] as const,
            input: { ikmE, pkR, ...context, length },
          })),
          {
            id: 'sender-pkr-high-bit',
            comment: 'bit 255 of pkR is set: masked for the multiplication, kept in the context of the KEM',
            flags: ['HighBit'],
            requirements: ['identity.x25519-masking', 'identity.transcript-as-received'],
            input: { ikmE, pkR: withHighBit(pkR), ...context },
          },
          ...lowOrder('pkR', { ikmE, ...context }),
        ],
      },
      {
        op: 'hpke.export-receiver',
        cases: [
          {
            id: 'receiver-honest',
            comment: 'the other end of the sender that follows',
            flags: ['Honest'],
            requirements: ['handshake.exporter'],
            input: { skR, enc, ...context },
          },
          {
            id: 'receiver-enc-high-bit',
            comment: 'bit 255 of enc is set: the same multiplication, another context of the KEM, another export',
            flags: ['HighBit'],
            requirements: ['identity.x25519-masking', 'identity.transcript-as-received'],
            input: { skR, enc: withHighBit(enc), ...context },
          },
          ...lowOrder('enc', { skR, ...context }),
        ],
      },
    ],
  }
}
