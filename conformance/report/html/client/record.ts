import { bytesOfBase64, bytesOfHex, hexdump, insideOf, readable, textOfBytes } from '../body-text.js'
import type { Exchange } from '../shapes.js'
import { element, textBlock, type Child } from './elements.js'

type Opened = NonNullable<Exchange['sealed']>
type Body = NonNullable<Exchange['response']>['body']

/** A part of an exchange under a heading of its own. */
export const part = (heading: string, ...children: readonly Child[]): HTMLElement =>
  element('div', 'part', element('h5', '', heading), ...children)

const plainOrDump = (bytes: Uint8Array, raw: string): HTMLElement => {
  const text = textOfBytes(bytes)
  return textBlock(text === undefined ? hexdump(bytes) : readable(text), text ?? raw)
}

/** A body: JSON on several lines, other text as it is, bytes as a dump, a summary in words. */
export const bodyView = (body: Body): readonly Child[] => {
  if (typeof body === 'string') {
    if (body === '') return [element('p', 'empty', 'no body')]
    const inside = insideOf(body)
    return [
      textBlock(readable(body), body),
      inside === undefined ? undefined : part('inside its payload', textBlock(readable(inside), inside)),
    ]
  }
  if ('base64' in body) {
    const bytes = bytesOfBase64(body.base64)
    return [bytes ? plainOrDump(bytes, body.base64) : textBlock(body.base64)]
  }
  const { bytes, sha256, beginsWith } = body
  return [
    element('p', 'empty', `${bytes} bytes, which the report does not hold; SHA-256 ${sha256}; they begin with:`),
    plainOrDump(bytesOfHex(beginsWith), beginsWith),
  ]
}

/** What a record held, decrypted: its number, its plaintext, and the bytes that it was bound to. */
export const recordView = (heading: string, record: Opened | undefined): HTMLElement | undefined => {
  if (!record) return undefined
  const { seq, plaintext, aad } = record
  const bytes = bytesOfHex(plaintext)
  const view = part(
    `${heading}: record ${seq}, plaintext of ${bytes.length} bytes`,
    bytes.length === 0 ? element('p', 'empty', 'empty') : plainOrDump(bytes, plaintext),
  )
  view.classList.add('record')
  if (aad !== undefined) {
    const bound = bytesOfHex(aad)
    const aadView = element('details', 'aad', element('summary', '', `additional data of ${bound.length} bytes`))
    aadView.append(textBlock(hexdump(bound), aad))
    view.append(aadView)
  }
  return view
}
