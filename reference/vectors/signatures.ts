const L = 2n ** 252n + 27742317777372353535851937790883648493n

const reversed = (hex: string): string => Buffer.from(hex, 'hex').reverse().toString('hex')

/** An Ed25519 signature, as hex, with the group order added to S: the same equation in another encoding. */
export const withOrderAdded = (signature: string): string => {
  const s = BigInt(`0x${reversed(signature.slice(64))}`) + L
  return signature.slice(0, 64) + reversed(s.toString(16).padStart(64, '0'))
}
