import { SageError } from './sage-error.js'

const MAX_LENGTH = 0xffff
/** Bytes of UTF-8 that a unit of a text may take. */
const UNIT_BYTES = 3

/** Writes the UTF-8 of `text`, and says how many bytes it is. Nearly every text here is short and ASCII. */
const writeText = (bytes: Buffer, text: string, at: number): number => {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) return bytes.write(text, at)
    bytes[at + i] = unit
  }
  return text.length
}

/**
 * `label ‖ field ‖ …`, where a text among the fields is its `len16` and bytes are themselves. All of it is written into one
 * array: what is bound to a record is put together for every record.
 * @throws SageError `internal` for a text over 65535 bytes
 */
export const pack = (label: string, ...fields: readonly (string | Uint8Array)[]): Uint8Array => {
  let room = UNIT_BYTES * label.length
  for (const field of fields) room += typeof field === 'string' ? 2 + UNIT_BYTES * field.length : field.length
  const bytes = Buffer.allocUnsafe(room)
  let at = writeText(bytes, label, 0)
  for (const field of fields) {
    if (typeof field !== 'string') {
      bytes.set(field, at)
      at += field.length
      continue
    }
    const length = writeText(bytes, field, at + 2)
    if (length > MAX_LENGTH) throw new SageError('internal', 'a text of more than 65535 bytes has no len16')
    bytes[at] = length >>> 8
    bytes[at + 1] = length
    at += 2 + length
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, at)
}
