import { SageError } from '../bytes/sage-error.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { equal } from '../crypto/equal.js'
import { sha256 } from '../crypto/sha256.js'

/**
 * Who may see metrics: whoever reaches the responder, or who knows a token, 16 characters or more of RFC 6750. `true` is for
 * a responder that only its own machine reaches: one with a `publicUrl` has to say which it is to be (metrics.private).
 */
export type MetricsAccess = boolean | { readonly public: true } | { readonly token: string }

const BEARER = /^bearer +(?<token>[A-Za-z0-9._~+/-]+=*)$/i

const isToken = (text: string): boolean => text.length >= 16 && /^[A-Za-z0-9._~+/-]+=*$/.test(text)

const hash = (text: string): Uint8Array => sha256(encodeUtf8(text))

/**
 * May whoever has sent this `Authorization` see metrics?
 * @param isReachable can others than this machine reach the responder?
 * @throws SageError `configuration` where nobody has said who may, or the token is none
 */
export const metricsReader = (
  access: MetricsAccess,
  isReachable: boolean,
): ((authorization: string | undefined) => boolean) => {
  if (access === true && isReachable)
    throw new SageError('configuration', 'metrics that others can reach are public, or need a token (metrics.private)')
  if (typeof access === 'boolean' || !('token' in access)) return () => access !== false
  if (!isToken(access.token))
    throw new SageError(
      'configuration',
      'a token has 16 characters or more of A-Z a-z 0-9 . _ ~ + / - and = at its end',
    )
  const wanted = hash(access.token)
  // Hashes have one length, so that not even that of the token shows in the time that this takes.
  return (authorization = '') => equal(hash(BEARER.exec(authorization)?.groups?.['token'] ?? ''), wanted)
}
