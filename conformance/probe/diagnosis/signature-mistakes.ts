import type { HandshakeResponseData } from '../../../schemas/index.js'
import { encodeBase64, encodeBase64url } from '../bytes/base64.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { sha256 } from '../crypto/hash.js'
import { signedText } from '../handshake/response.js'

type Members = readonly (readonly [name: string, value: string])[]

const compact = (members: Members): string => JSON.stringify(Object.fromEntries(members))
const indented = (members: Members): string => JSON.stringify(Object.fromEntries(members), null, 2)
const spaced = (members: Members): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(', ')}}`

const inOrder = (data: HandshakeResponseData): Members =>
  Object.entries(JSON.parse(signedText(data)) as Record<string, string>)
const asSent = (data: HandshakeResponseData): Members => Object.entries(data)
const unsigned = (members: Members): Members => members.filter(([name]) => name !== 'sigB64')
const unset = (members: Members): Members =>
  members.map(([name, value]) => (name === 'sigB64' ? ([name, ''] as const) : ([name, value] as const)))
const sorted = (members: Members): Members => [...members].sort(([a], [b]) => (a < b ? -1 : 1))

/** Each mistake by the words that name it: what was signed in the place of the text, from the data as it was sent. */
export const signatureMistakes: Readonly<Record<string, (data: HandshakeResponseData) => string | Uint8Array>> = {
  'the members in the order in which they were sent': data => compact(unsigned(asSent(data))),
  'the members in alphabetical order': data => compact(sorted(inOrder(data))),
  'JSON with spaces': data => spaced(inOrder(data)),
  'JSON with spaces, the members in the order in which they were sent': data => spaced(unsigned(asSent(data))),
  'JSON with spaces, the members in alphabetical order': data => spaced(sorted(inOrder(data))),
  'indented JSON': data => indented(inOrder(data)),
  'indented JSON, the members in alphabetical order': data => indented(sorted(inOrder(data))),
  'the data with an empty sigB64, as it was sent': data => compact(unset(asSent(data))),
  'the data with an empty sigB64 at its end': data => compact([...inOrder(data), ['sigB64', '']]),
  'the data with an empty sigB64, in alphabetical order': data => compact(sorted(unset(asSent(data)))),
  'the text with a line feed at its end': data => `${signedText(data)}\n`,
  'the SHA-256 of the text': data => sha256(encodeUtf8(signedText(data))),
  'the SHA-256 of the members in alphabetical order': data => sha256(encodeUtf8(compact(sorted(inOrder(data))))),
  'the text in base64': data => encodeBase64(encodeUtf8(signedText(data))),
  'the text in base64url': data => encodeBase64url(encodeUtf8(signedText(data))),
}
