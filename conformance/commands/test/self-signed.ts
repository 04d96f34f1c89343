import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

// As much DER (X.690) and X.509 (RFC 5280) as a certificate takes that nobody has to keep, and that never expires.

const der = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content)
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content)
const bits = (content: Uint8Array): Buffer => der(0x03, Buffer.from([0]), content)
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))

const ed25519 = sequence(oid('2b6570'))
const commonName = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from('a test')))))
const always = sequence(der(0x18, Buffer.from('20200101000000Z')), der(0x18, Buffer.from('99991231235959Z')))
/** subjectAltName: 127.0.0.1 */
const loopback = sequence(oid('551d11'), der(0x04, sequence(der(0x87, Buffer.from([127, 0, 0, 1])))))

/** A certificate for 127.0.0.1 that its own key has signed, and that key. */
export const createSelfSigned = (): { cert: string; key: KeyObject } => {
  const { privateKey: key } = generateKeyPairSync('ed25519')
  const version3 = der(0xa0, der(0x02, Buffer.from([2])))
  const serial = der(0x02, Buffer.from([1]))
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const extensions = der(0xa3, sequence(loopback))
  const told = sequence(version3, serial, ed25519, commonName, always, commonName, publicKey, extensions)
  const certificate = sequence(told, ed25519, bits(sign(null, told, key)))
  return { cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`, key }
}
