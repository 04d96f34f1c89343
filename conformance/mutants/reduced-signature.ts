/** The order of the group of Ed25519 (RFC 8032 §5.1). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n

const littleEndian = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(Uint8Array.from(bytes).reverse()).toString('hex')}`)

/** A signature (64 bytes) with S taken modulo L, as a verifier has it that does not look (identity.signature-strict). */
export const reduced = (signature: Uint8Array): Uint8Array => {
  const s = (littleEndian(signature.subarray(32)) % L).toString(16).padStart(64, '0')
  return Uint8Array.from([...signature.subarray(0, 32), ...Buffer.from(s, 'hex').reverse()])
}
