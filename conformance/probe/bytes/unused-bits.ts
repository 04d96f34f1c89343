const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Another text for the same bytes: b64 that has padding, with the lowest of the bits before it set that stand for no byte. */
export const withUnusedBits = (b64: string): string => {
  const at = b64.replace(/=+$/, '').length - 1
  if (at === b64.length - 1) throw new Error('b64 without padding has no unused bits')
  return b64.slice(0, at) + (ALPHABET[ALPHABET.indexOf(b64[at] ?? '') + 1] ?? '') + b64.slice(at + 1)
}
