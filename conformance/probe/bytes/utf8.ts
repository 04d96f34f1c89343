import { Refusal } from '../refusal.js'

const encoder = new TextEncoder()
// `ignoreBOM` keeps a byte order mark in the text, where the readers that forbid it can see it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 of a text; a lone surrogate becomes U+FFFD. */
export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text)

/**
 * The text of UTF-8 bytes, a byte order mark included.
 * @throws Refusal `encoding` on overlong forms, surrogates, and any other malformed sequence
 */
export const parseUtf8 = (bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new Refusal('encoding', 'utf-8', { cause })
  }
}
